import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isProtobuf, secretIn } from '../../../../src/tools/kubernetes/protobuf.ts';

type Fields = [number: number, value: string | Uint8Array | number][];

function message(fields: Fields): Uint8Array {
  const writer = new BinaryWriter();
  for (const [number, value] of fields) {
    if (typeof value === 'number') writer.tag(number, 0).int32(value);
    else if (typeof value === 'string') writer.tag(number, 2).string(value);
    else writer.tag(number, 2).bytes(value);
  }
  return writer.finish();
}

const body = (kind: string, object: Fields, apiVersion = 'v1'): Buffer => {
  const type = message([
    [1, apiVersion],
    [2, kind],
  ]);
  const envelope = message([
    [1, type],
    [2, message(object)],
  ]);
  return Buffer.concat([Buffer.from('k8s\0'), envelope]);
};
const entry = (key: string, value: string | Uint8Array): Uint8Array =>
  message([
    [1, key],
    [2, value],
  ]);
const METADATA = message([
  [1, 'sh.helm.release.v1.web.v1'],
  [7, 3],
  [11, entry('owner', 'helm')],
  [11, entry('status', 'deployed')],
  [12, entry('note', 'ü')],
]);
const SECRET: Fields = [
  [1, METADATA],
  [2, entry('release', new Uint8Array([0, 255, 10]))],
  [3, 'helm.sh/release.v1'],
  [5, 1],
];

describe('a Secret in a body', () => {
  test('its name, labels, type and data, as JSON has them', () => {
    expect(secretIn(body('Secret', SECRET))).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'sh.helm.release.v1.web.v1',
        resourceVersion: undefined,
        labels: { owner: 'helm', status: 'deployed' },
        annotations: { note: 'ü' },
      },
      type: 'helm.sh/release.v1',
      data: { release: 'AP8K' },
    });
  });

  test('the version that it was read in, where a write is on that condition', () => {
    const read = message([
      [1, 'a'],
      [6, '812'],
    ]);
    expect(secretIn(body('Secret', [[1, read]]))?.metadata.resourceVersion).toBe('812');
  });

  test.each([
    ['another kind', body('ConfigMap', SECRET)],
    ['another version', body('Secret', SECRET, 'v2')],
    ['no envelope', Buffer.from(message(SECRET))],
    ['JSON', Buffer.from('{"kind":"Secret"}')],
    ['nothing', Buffer.alloc(0)],
    ['one that breaks off', body('Secret', SECRET).subarray(0, -5)],
  ])('%s: none', (_, bytes) => expect(secretIn(bytes)).toBeUndefined());

  test('whatever the bytes are, nothing is thrown', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        secretIn(bytes);
        secretIn(Buffer.concat([Buffer.from('k8s\0'), bytes]));
      }),
    );
  });
});

test.each([
  ['application/vnd.kubernetes.protobuf', true],
  ['application/vnd.kubernetes.protobuf; charset=utf-8', true],
  ['application/json', false],
  [undefined, false],
])('%s is protobuf: %s', (type, is) => expect(isProtobuf(type)).toBe(is));

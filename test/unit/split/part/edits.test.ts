import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { editsOf, withEdits } from '../../../../src/split/part/edits.ts';

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('edits lead from any JSON value to any other, also once they were written as JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const [from, to] = [plain(a), plain(b)];
      const edits = JSON.parse(JSON.stringify(editsOf(from, to)));
      expect(plain(withEdits(from, edits))).toEqual(to);
    }),
  );
});

test('only what differs is said', () => {
  const from = { spec: { ports: [{ port: 80 }, { port: 81 }], type: 'ClusterIP' } };
  const to = { spec: { ports: [{ port: 80 }, { port: 9000 }], selector: null } };
  expect(editsOf(from, to)).toEqual([[['spec', 'ports', '1', 'port'], 9000], [['spec', 'type']], [['spec', 'selector'], null]]);
  expect(editsOf(from, structuredClone(from))).toEqual([]);
});

test.each(['toString', 'constructor', '__proto__'])('a key may be called %s', (key) => {
  const named = JSON.parse(`{"${key}": {"a": 1}}`);
  expect(editsOf(named, {})).toEqual([[[key]]]);
  expect(Object.keys(withEdits(named, editsOf(named, {})))).toEqual([]);
  expect(JSON.stringify(withEdits({}, editsOf({}, named)))).toBe(JSON.stringify(named));
});

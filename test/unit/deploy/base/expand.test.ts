import { describe, expect, test } from '@jest/globals';
import { expandPart } from '../../../../src/deploy/base/expand.ts';
import { keepNodePorts, samePorts } from '../../../../src/deploy/kube/service-ports.ts';
import type { PartChart } from '../../../../src/interfaces/helm.ts';
import { advanced, baseRecordOf, withBaseRecord } from '../../../../src/split/part/base-record.ts';

const record = { version: 'v2', hash: 'abc' };
const objectsOf = (part: PartChart) => Object.values(part.templates).map((text) => JSON.parse(text));
const chart = { name: 'web', version: '1.0.0' };
const file = (object: object) => `${JSON.stringify(object, null, 2)}\n`;
const service = (ports: object[]) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ports } });
const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'old' } };
const hook = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'migrate', annotations: { 'helm.sh/hook': 'pre-upgrade' } } };
const live = [{ name: 'http', port: 80, targetPort: 8000, protocol: 'TCP', nodePort: 30080 }];

const around = { pods: [], foreign: [], ports: new Map([['web', live]]), givenBack: new Set<string>() };

describe('the base while both colors are up', () => {
  test('nothing to wait for: the part as it is', () => {
    const part = { chart, templates: { '1.json': file(service([{ name: 'http', port: 80, targetPort: 8000 }])) } };
    expect(expandPart(part, part, around, record)).toEqual({ part: withBaseRecord(part, record), waiting: [] });
  });

  test('what is removed stays for now, hooks do not; ports stay as they are', () => {
    const before = { chart, templates: { '1.json': file(service([])), '2.json': file(config), '3.json': file(hook) } };
    const wanted = { chart, templates: { '1.json': file(service([{ name: 'http', port: 81, targetPort: 9000 }])) } };
    const { part, waiting } = expandPart(wanted, before, around, record);
    expect(waiting.map(({ wave, text }) => [wave, text])).toEqual([
      ['switch', 'ports of Service/web'],
      ['end', 'removal of ConfigMap/old'],
    ]);
    expect(objectsOf(part)).toEqual([service(live), config]);
    expect(objectsOf(advanced(part))).toEqual(objectsOf(wanted));
    expect(baseRecordOf(advanced(part))).toEqual(record);
  });

  test('a Service that is new has its own ports', () => {
    const wanted = { chart, templates: { '1.json': file(service([{ port: 81 }])) } };
    expect(expandPart(wanted, undefined, { ...around, ports: new Map() }, record)).toEqual({
      part: withBaseRecord(wanted, record),
      waiting: [],
    });
  });
});

test.each<[string, object[], boolean]>([
  ['defaults count as set', [{ name: 'http', port: 80, targetPort: 8000 }], true],
  ['another target', [{ name: 'http', port: 80, targetPort: 9000 }], false],
  ['another node port that the chart names', [{ name: 'http', port: 80, targetPort: 8000, nodePort: 30099 }], false],
  [
    'one more',
    [
      { name: 'http', port: 80, targetPort: 8000 },
      { name: 'x', port: 1 },
    ],
    false,
  ],
])('same ports: %s', (_, wanted, expected) => expect(samePorts(live, wanted as never)).toBe(expected));

test('node ports that clients know are kept', () => {
  expect(
    keepNodePorts(
      [
        { name: 'http', port: 81 },
        { name: 'admin', port: 9000 },
      ],
      live,
    ),
  ).toEqual([
    { name: 'http', port: 81, nodePort: 30080 },
    { name: 'admin', port: 9000 },
  ]);
});

import { describe, expect, test } from '@jest/globals';
import type { Service, Workload } from '../../../src/interfaces/objects.ts';
import { isSleepDue } from '../../../src/waker/index.ts';
import { WAKER_LABEL } from '../../../src/waker/marks.ts';
import { wakerObjects } from '../../../src/waker/objects.ts';
import { awakeReplicas, awakeSelector, wakerPorts } from '../../../src/waker/plan.ts';

const service = (spec: object, annotations: Record<string, string> = {}): Service =>
  ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', annotations }, spec }) as Service;
const workload = (replicas: number, noted?: string): Workload =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', annotations: noted === undefined ? {} : { 'todo-deploy.dev/awake-replicas': noted } },
    spec: { replicas },
  }) as Workload;

describe('the ports of the waker', () => {
  test('are those that Services lead to, by number and by name', () => {
    const services = [
      service({
        ports: [
          { port: 80, targetPort: 3000 },
          { port: 81, targetPort: 'http' },
        ],
      }),
      service({
        ports: [{ port: 8000 }, { port: 53, protocol: 'UDP' }, { port: 82, targetPort: 'http' }, { port: 83, targetPort: 20_000 }],
      }),
    ];
    expect(wakerPorts(services)).toEqual([{ port: 3000 }, { port: 8000 }, { port: 20_000 }, { port: 20_001, name: 'http' }]);
  });
});

describe('what is woken', () => {
  test.each<[string, Workload, number | undefined]>([
    ['a workload at zero with our note', workload(0, '3'), 3],
    ['not one that runs', workload(1, '3'), undefined],
    ['not one that somebody else stopped', workload(0), undefined],
    ['not by a note that is none', workload(0, '-1'), undefined],
    ['not to thousands', workload(0, '99999'), undefined],
  ])('%s', (_, one, expected) => expect(awakeReplicas(one)).toBe(expected));

  const read = (text: string): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  };
  const asleep = (note: string) => service({ selector: { [WAKER_LABEL]: 'todo' } }, { 'todo-deploy.dev/awake-selector': note });
  test.each<[string, Service, Record<string, string> | undefined]>([
    ['a Service that leads to the waker', asleep('{"app":"web"}'), { app: 'web' }],
    [
      'not one that somebody has led elsewhere',
      service({ selector: { app: 'other' } }, { 'todo-deploy.dev/awake-selector': '{"app":"web"}' }),
      undefined,
    ],
    ['not to everything', asleep('{}'), undefined],
    ['not by what is no selector', asleep('["app"]'), undefined],
    ['not by what is no JSON', asleep('{'), undefined],
    ['not to values that are none', asleep('{"app":1}'), undefined],
    ['not to the waker again', asleep(`{"${WAKER_LABEL}":"todo"}`), undefined],
  ])('%s', (_, one, expected) => expect(awakeSelector(one, read)).toEqual(expected));
});

describe('sleep', () => {
  const HOUR = 3_600_000;
  test.each<[string, readonly (number | undefined)[], number | undefined, readonly number[], boolean]>([
    ['is due when the last use is long ago', [0, HOUR], HOUR, [2 * HOUR], true],
    ['is not while something was used lately', [0, 1.5 * HOUR], HOUR, [2 * HOUR], false],
    ['is not by one clock alone', [0], HOUR, [9 * HOUR, 0], false],
    ['is not where nobody knows of a use', [undefined, Number.NaN], HOUR, [9 * HOUR], false],
    ['is not where it is not wanted', [0], undefined, [9 * HOUR], false],
    ['is not where it is switched off', [0], 0, [9 * HOUR], false],
    ['is not without a clock', [0], HOUR, [], false],
  ])('%s', (_, uses, sleepAfterMs, clocks, expected) => expect(isSleepDue({ uses, sleepAfterMs }, clocks)).toBe(expected));
});

describe('the waker’s objects', () => {
  const objects = wakerObjects({
    release: 'todo',
    namespace: 'pr-7',
    image: 'x@y',
    ports: [{ port: 80 }, { port: 20_000, name: 'http' }],
    services: ['web'],
    deployments: ['web-blue'],
  });
  const of = (kind: string): Record<string, unknown> => objects.find((object) => object.kind === kind) as never;

  test('may do what waking takes, by name, and nothing else', () => {
    expect(of('Role').rules).toEqual([
      { apiGroups: [''], resources: ['services'], resourceNames: ['web'], verbs: ['get', 'patch'] },
      { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['web-blue'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: ['apps'], resources: ['deployments/scale'], resourceNames: ['web-blue'], verbs: ['patch'] },
    ]);
  });

  test('run as pods that a restricted namespace takes', () => {
    expect(of('Deployment')).toMatchObject({
      spec: {
        template: {
          spec: {
            securityContext: {
              runAsNonRoot: true,
              seccompProfile: { type: 'RuntimeDefault' },
              sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }],
            },
            containers: [
              {
                ports: [{ containerPort: 80 }, { containerPort: 20_000, name: 'http' }],
                securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
              },
            ],
          },
        },
      },
    });
  });
});

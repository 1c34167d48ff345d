import { describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import { unpack } from '../../../../src/split/part/pack.ts';
import { recordOf } from '../../../../src/split/part/record.ts';
import { inScratch } from '../../../../src/split/recorded/in-scratch.ts';
import { withTestsOnly } from '../../../../src/split/recorded/tests-only.ts';
import { config, cronJob, deployment, hook, job, secret, service, split, statefulSet } from '../helpers.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const chart = [
  deployment(
    'web',
    {
      labels: { app: 'web' },
      container: {
        env: [{ name: 'DB', value: 'db.todo.svc.cluster.local' }],
        envFrom: [{ configMapRef: { name: 'c' } }, { secretRef: { name: 's' } }],
      },
    },
    { spec: { replicas: 3 } },
  ),
  service('web'),
  service('db'),
  config('c', { TEXT: 'postgresql://db.todo.svc/todo' }),
  secret('s', { data: { url: base64('postgresql://u:p@db.todo.svc:5432/todo'), raw: base64('\u0000\u00ff') } }),
  statefulSet('db', { labels: { app: 'db' } }),
  cronJob('nightly'),
  job('once'),
  { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'web' }, spec: { rules: [{ host: 'todo.example.com' }] } },
];
const { base, color } = split(chart, { color: 'blue', colorServiceIPs: { web: '10.96.0.1' } });
const rules = {
  from: 'todo',
  to: 'scratch',
  replaced: ({ kind }: KubernetesObject) => (kind === 'StatefulSet' ? 'another one stands in' : undefined),
  aliases: [{ ip: '10.96.0.9', hostnames: ['db.example.com'] }],
};

describe('a recorded version for a moment, in another namespace', () => {
  const made = inScratch({ base, color }, rules);
  const objects = [...unpack(made.base), ...unpack(made.color)].map(({ object }) => object);
  const titles = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  const text = JSON.stringify(objects);

  test('has no doors, nothing by the clock, nothing that has run once, and not what something stands in for', () => {
    for (const kind of ['Ingress', 'CronJob', 'Job', 'StatefulSet'])
      expect(titles.filter((title) => title.startsWith(`${kind}/`))).toEqual([]);
    expect(titles).toEqual(expect.arrayContaining(['Deployment/web-blue', 'Service/web', 'Service/db']));
    expect(made.adapted.map(({ object }) => object)).toEqual(
      expect.arrayContaining(['Ingress/web', 'CronJob/nightly-blue', 'Job/once', 'StatefulSet/db']),
    );
  });

  test('leads nowhere into the app’s own namespace', () => {
    expect(text).not.toContain('.todo.svc');
    expect(text).not.toContain(base64('postgresql://u:p@db.todo.svc:5432/todo'));
    expect(text).toContain(base64('postgresql://u:p@db.scratch.svc:5432/todo'));
    expect(text).toContain(base64('\u0000\u00ff'));
    expect(text).toContain('{"ip":"10.96.0.9","hostnames":["db.example.com"]}');
  });

  test('has one of each, and its record says so', () => {
    expect(recordOf(made.color)?.workloads).toMatchObject([{ kind: 'Deployment', name: 'web', replicas: 1 }]);
    expect(objects.find(({ metadata }) => metadata.name === 'web-blue')?.spec).toMatchObject({ replicas: 1 });
  });

  test('leaves the parts that it was given as they are', () => {
    expect(JSON.stringify([base, color])).toContain('db.todo.svc.cluster.local');
  });
});

test('of the hooks of a version that comes back only its tests run', () => {
  const hooks = [hook(job('migrate'), 'pre-upgrade'), hook(job('undo'), 'pre-upgrade,pre-rollback'), hook(job('try'), 'test')];
  const parts = split(chart, { color: 'blue', hooks, firstDeploy: false });
  const left = [parts.base, parts.color].flatMap((part) => unpack(withTestsOnly(part))).map(({ object }) => object);
  const events = left.flatMap(({ metadata }) => metadata.annotations?.['helm.sh/hook'] ?? []);
  expect(events).toEqual(['test']);
});

import { describe, expect, test } from '@jest/globals';
import { diffObjects } from '../../../../src/deploy/kube/diff.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';

const object = (value: object): KubernetesObject => value as KubernetesObject;

describe('diff', () => {
  const secret = (password: string) => object({ kind: 'Secret', metadata: { name: 's' }, data: { password } });
  test('values of Secrets never show', () => {
    const [change] = diffObjects([secret('b2xk')], [secret('bmV3')]);
    expect(change?.lines).toEqual(['data.password: changed (value hidden)']);
    expect(JSON.stringify(diffObjects([], [secret('bmV3')]))).not.toContain('bmV3');
  });
  const linesOf = (before: object, after: object): string[] => diffObjects([object(before)], [object(after)]).flatMap(({ lines }) => lines);
  const deployment = (container: object, more: object = {}) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec: { template: { spec: { containers: [{ name: 'web', ...container }] } }, ...more },
  });

  test.each([
    ['a ConfigMap', { kind: 'ConfigMap', data: { dsn: 'canary-old' } }, { kind: 'ConfigMap', data: { dsn: 'canary-new' } }, 'data.dsn'],
    ['its bytes', { kind: 'ConfigMap', binaryData: { a: 'canary' } }, { kind: 'ConfigMap' }, 'binaryData'],
    [
      'a variable',
      deployment({ env: [{ name: 'DSN', value: 'canary-old' }] }),
      deployment({ env: [{ name: 'DSN', value: 'canary-new' }] }),
      'env[DSN].value',
    ],
    ['a new variable', deployment({ env: [] }), deployment({ env: [{ name: 'DSN', value: 'canary' }] }), 'env[DSN]'],
    ['the first variable', deployment({}), deployment({ env: [{ name: 'DSN', value: 'canary' }] }), 'containers[web].env'],
    ['an argument', deployment({ args: ['--dsn=canary-old'] }), deployment({ args: ['--dsn=canary-new'] }), 'args[0]'],
    ['a command', deployment({}), deployment({ command: ['sh', '-c', 'run canary'] }), 'command'],
    [
      'a probe',
      deployment({}),
      deployment({ livenessProbe: { httpGet: { path: '/up', httpHeaders: [{ name: 'authorization', value: 'canary' }] } } }),
      'livenessProbe',
    ],
    ['a new container', deployment({}), deployment({ name: 'other', env: [{ name: 'A', value: 'canary' }] }), 'containers[other]'],
    [
      'a kind that nobody knows',
      { apiVersion: 'acme.example/v1', kind: 'Database', spec: { dsn: 'canary-old', size: 1 } },
      { apiVersion: 'acme.example/v1', kind: 'Database', spec: { dsn: 'canary-new', size: 2 } },
      'spec.dsn',
    ],
  ])('%s: what changed is named, its value is not', (_what, before, after, name) => {
    const named = (one: object) => ({ metadata: { name: 'd' }, ...one });
    const lines = linesOf(named(before), named(after));
    expect(lines.join('\n')).toContain(name);
    expect(lines.join('\n')).not.toContain('canary');
  });

  test('what is no secret stays readable', () => {
    const before = deployment({ image: 'r/web:1', ports: [{ name: 'http', containerPort: 80 }] }, { replicas: 1 });
    const after = deployment(
      { image: 'r/web:2', ports: [{ name: 'http', containerPort: 81 }], env: [{ name: 'A', value: 'x' }] },
      { replicas: 2 },
    );
    expect(linesOf(before, after)).toEqual([
      'spec.template.spec.containers[web].image: r/web:1 → r/web:2',
      'spec.template.spec.containers[web].ports[http].containerPort: 80 → 81',
      'spec.template.spec.containers[web].env: (none) → [{"name":"A","value":"(hidden)"}]',
      'spec.replicas: 1 → 2',
    ]);
  });

  test('containers are compared by name', () => {
    const deployment = (...containers: object[]) => object({ kind: 'Deployment', metadata: { name: 'd' }, spec: { containers } });
    expect(
      diffObjects(
        [deployment({ name: 'a', image: '1' }, { name: 'b', image: '1' })],
        [deployment({ name: 'b', image: '2' }, { name: 'a', image: '1' })],
      ),
    ).toEqual([{ object: 'Deployment/d', change: 'changed', lines: ['spec.containers[b].image: 1 → 2'] }]);
  });
  test('our own notes are no change; what comes and goes is', () => {
    const config = (name: string, hash: string) =>
      object({ kind: 'ConfigMap', metadata: { name, annotations: { 'todo-deploy.dev/part-hash': hash } } });
    expect(
      diffObjects([config('a', '1'), config('gone', '1')], [config('a', '2'), config('new', '1')]).map(
        ({ object: name, change }) => `${change} ${name}`,
      ),
    ).toEqual(['added ConfigMap/new', 'removed ConfigMap/gone']);
  });
});

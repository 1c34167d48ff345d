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

import { describe, expect, test } from '@jest/globals';
import { withDoneJobs } from '../../../../src/deploy/base/jobs-stay.ts';
import { baseWork } from '../../../../src/deploy/rollback/plan.ts';
import type { PartChart } from '../../../../src/interfaces/helm.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import { baseRecordOf, withBaseRecord } from '../../../../src/split/part/base-record.ts';

const object = (kind: string, name: string, more: object = {}): KubernetesObject => ({
  apiVersion: kind === 'Job' ? 'batch/v1' : 'v1',
  kind,
  metadata: { name },
  ...more,
});
const part = (...objects: KubernetesObject[]): PartChart => ({
  chart: { name: 'todo', version: '1.0.0' },
  templates: Object.fromEntries(objects.map((one, index) => [`${index}-${one.metadata.name}.json`, `${JSON.stringify(one)}\n`])),
});
const config = (text: string, name = 'config') => object('ConfigMap', name, { data: { text } });
const hook = object('Job', 'migrate');
hook.metadata.annotations = { 'helm.sh/hook': 'pre-upgrade' };

describe('what both colors share, going back', () => {
  test.each<[string, PartChart, PartChart, boolean, boolean, string]>([
    ['nothing changed', part(config('a')), part(config('a'), hook), false, false, 'same'],
    ['the order of keys is no change', part(config('a')), part({ ...config('a'), kind: 'ConfigMap' }), true, false, 'same'],
    ['changed, and the color has to come up', part(config('a')), part(config('b')), false, false, 'first'],
    ['changed, and the color runs', part(config('a')), part(config('b')), true, false, 'last'],
    ['added since, and the color runs', part(config('a')), part(config('a'), config('b', 'new')), true, false, 'last'],
    ['the color runs, but lacks what was there', part(config('a'), config('a', 'old')), part(config('a')), true, false, 'first'],
    ['rollback hooks run first', part(config('a')), part(config('a')), true, true, 'first'],
  ])('%s: %s', (_, then, now, warm, hooks, expected) => expect(baseWork(then, now, warm, hooks)).toBe(expected));

  test('Jobs stay as they are: none is done again, none is undone', () => {
    const [old, done, gone] = [object('Job', 'seed', { spec: 1 }), object('Job', 'seed', { spec: 2 }), object('Job', 'once')];
    const { templates } = withDoneJobs(part(config('a'), old, gone, hook), part(config('b'), done));
    expect(Object.values(templates).map((text) => JSON.parse(text))).toEqual([config('a'), hook, done]);
  });

  test('a base whose Jobs are other ones is not that of its version', () => {
    const job = object('Job', 'seed', { spec: 1 });
    const record = { version: 'v1', hash: 'its own' };
    const hashes = [part(job), part(), part(object('Job', 'seed', { spec: 2 }))].map((now) => {
      const { hash, ...rest } = baseRecordOf(withDoneJobs(withBaseRecord(part(config('a'), job), record), now)) ?? record;
      expect(rest).toEqual({ version: 'v1' });
      return hash;
    });
    expect(hashes[0]).toBe('its own');
    expect(new Set(hashes).size).toBe(3);
  });
});

import { describe, expect, test } from '@jest/globals';
import { changedJobs } from '../../../../src/deploy/base/jobs.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';

const object = (value: object): KubernetesObject => value as KubernetesObject;

describe('Jobs of the base', () => {
  const job = (image: string, annotations = {}) =>
    object({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'import', annotations }, spec: { image } });
  const recorded = (space: number | undefined) => ({
    chart: { name: 'web', version: '1.0.0' },
    templates: { 'a.json': `${JSON.stringify(job('a'), null, space)}\n` },
  });
  test.each([
    ['written with line breaks', 2],
    ['written without, as large parts are', undefined],
  ])('the same Job, %s, has not changed', (_, space) => expect(changedJobs([job('a')], recorded(space))).toEqual([]));
  test('another image is a change, a hook is not looked at', () =>
    expect(changedJobs([job('b'), job('c', { 'helm.sh/hook': 'pre-upgrade' })], recorded(2))).toEqual([job('b')]));
  test('without a last part all are new', () => expect(changedJobs([job('a')], undefined)).toEqual([job('a')]));
});

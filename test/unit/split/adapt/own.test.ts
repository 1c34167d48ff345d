import { describe, expect, test } from '@jest/globals';
import type { PreviewRules } from '../../../../src/split/model.ts';
import { deployment, find, type Loose, service, split, statefulSet } from '../helpers.ts';

const OWN = { 'todo-deploy.dev/preview-release': 'pr-7-todo-1f0a9c' };
const RULES: PreviewRules = { host: 'pr-7-todo.preview.example.com', replicas: 2, storage: 2 ** 30, own: OWN };
const preview = (objects: object[], rules: Partial<PreviewRules> = {}) =>
  split(objects, { namespace: 'previews', preview: { ...RULES, ...rules } });
const foreign = { ...service('cluster'), spec: { selector: { 'cnpg.io/cluster': 'main' }, ports: [{ port: 5432 }] } };
const budget = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'all' },
  spec: { selector: {}, maxUnavailable: 1 },
};

describe('a preview that shares its namespace', () => {
  const claims = [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } } }];
  const set = statefulSet('db') as Loose;
  set.spec.volumeClaimTemplates = claims;
  const kept = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'k', annotations: { 'helm.sh/resource-policy': 'keep' } },
  };
  const { baseObjects, colorObjects, services, adapted } = preview([deployment('web'), service('web'), set, foreign, budget, kept]);

  test('marks all of its objects, pods and claims', () => {
    for (const { metadata } of [...baseObjects, ...colorObjects]) expect(metadata.labels).toMatchObject(OWN);
    const web = find(colorObjects, 'Deployment/web-blue');
    expect([web.spec.template.metadata.labels, web.spec.selector.matchLabels]).toMatchObject([OWN, OWN]);
    const db = find(baseObjects, 'StatefulSet/db');
    expect([db.spec.template.metadata.labels, db.spec.selector.matchLabels]).toMatchObject([OWN, OWN]);
    expect(db.spec.volumeClaimTemplates[0].metadata.labels).toEqual(OWN);
  });

  test('selects pods of its own alone; where an operator’s pods are led to, nothing is changed', () => {
    expect(services.find(({ name }) => name === 'web')?.selector).toMatchObject(OWN);
    expect(find(baseObjects, 'Service/cluster').spec.selector).toEqual({ 'cnpg.io/cluster': 'main' });
    const all = [...baseObjects, ...colorObjects].find(({ kind }) => kind === 'PodDisruptionBudget');
    expect(all?.spec).toMatchObject({ selector: { matchLabels: OWN } });
  });

  test('keeps nothing, and says so', () => {
    expect(find(baseObjects, 'PersistentVolumeClaim/k').metadata.annotations ?? {}).not.toHaveProperty('helm.sh/resource-policy');
    expect(adapted).toEqual([{ object: 'PersistentVolumeClaim/k', message: 'it goes with the preview' }]);
  });

  test('one that has a namespace of its own is as its chart says', () => {
    const alone = preview([deployment('web'), service('web'), kept], { own: {} });
    expect(find(alone.baseObjects, 'PersistentVolumeClaim/k').metadata).toEqual(kept.metadata);
    expect(JSON.stringify([alone.baseObjects, alone.colorObjects])).not.toContain('preview-release');
  });
});

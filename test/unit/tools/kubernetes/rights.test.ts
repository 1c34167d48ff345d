import { describe, expect, test } from '@jest/globals';
import type { AccessReview } from '../../../../src/interfaces/kubernetes.ts';
import { allows, type ResourceRule } from '../../../../src/tools/kubernetes/rights.ts';

const rule = (verbs: string[], apiGroups: string[], resources: string[], resourceNames?: string[]): ResourceRule => ({
  verbs,
  apiGroups,
  resources,
  ...(resourceNames ? { resourceNames } : {}),
});
const patchScale: AccessReview = { verb: 'patch', group: 'apps', resource: 'deployments', subresource: 'scale' };
const getPods: AccessReview = { verb: 'get', group: '', resource: 'pods' };
const getOne: AccessReview = { ...getPods, name: 'one' };

describe('rights read as RBAC reads them', () => {
  test.each<[string, ResourceRule, AccessReview, boolean]>([
    ['just this', rule(['get'], [''], ['pods']), getPods, true],
    ['one of several', rule(['list', 'get'], ['apps', ''], ['services', 'pods'], []), getPods, true],
    ['everything', rule(['*'], ['*'], ['*']), patchScale, true],
    ['another verb', rule(['list'], [''], ['pods']), getPods, false],
    ['another group', rule(['get'], ['metrics.k8s.io'], ['pods']), getPods, false],
    ['another resource', rule(['get'], [''], ['services']), getPods, false],
    ['a subresource', rule(['patch'], ['apps'], ['deployments/scale']), patchScale, true],
    ['this subresource of everything', rule(['patch'], ['apps'], ['*/scale']), patchScale, true],
    ['the resource is not its subresources', rule(['patch'], ['apps'], ['deployments']), patchScale, false],
    ['a subresource is not its resource', rule(['get'], [''], ['pods/log']), getPods, false],
    ['only one name, asked for all', rule(['get'], [''], ['pods'], ['one']), getPods, false],
    ['only one name, asked for it', rule(['get'], [''], ['pods'], ['one']), getOne, true],
    ['only one name, asked for another', rule(['get'], [''], ['pods'], ['two']), getOne, false],
    ['all names, asked for one', rule(['get'], [''], ['pods']), getOne, true],
    ['paths, no resources', { verbs: ['get'] }, getPods, false],
  ])('%s', (_, given, asked, expected) => {
    expect(allows([given], asked)).toBe(expected);
  });

  test('one rule has to allow it whole: two halves do not', () => {
    expect(allows([rule(['list'], [''], ['pods']), rule(['get'], [''], ['services'])], getPods)).toBe(false);
  });
});

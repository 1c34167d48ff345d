import { expect, test } from '@jest/globals';
import { cannotBecome } from '../../../../src/deploy/color/raise.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';

const object = (value: object): KubernetesObject => value as KubernetesObject;

test.each<[string, object, object, boolean]>([
  [
    'same selector',
    { spec: { selector: { matchLabels: { a: '1', b: '2' } } } },
    { apiVersion: 'apps/v1', kind: 'Deployment', spec: { selector: { matchLabels: { b: '2', a: '1' } } } },
    false,
  ],
  [
    'other selector',
    { spec: { selector: { matchLabels: { a: '1' } } } },
    { apiVersion: 'apps/v1', kind: 'Deployment', spec: { selector: { matchLabels: { a: '2' } } } },
    true,
  ],
  [
    'other selector in its expressions',
    { spec: { selector: { matchLabels: { a: '1' }, matchExpressions: [{ key: 'b', operator: 'In', values: ['1'] }] } } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      spec: { selector: { matchLabels: { a: '1' }, matchExpressions: [{ key: 'b', operator: 'In', values: ['2'] }] } },
    },
    true,
  ],
  [
    'no expressions, said in two ways',
    { spec: { selector: { matchLabels: { a: '1' } } } },
    { apiVersion: 'apps/v1', kind: 'Deployment', spec: { selector: { matchLabels: { a: '1' }, matchExpressions: [] } } },
    false,
  ],
  ['an immutable ConfigMap', { immutable: true }, { apiVersion: 'v1', kind: 'ConfigMap' }, true],
  ['another type of Secret', { type: 'kubernetes.io/tls' }, { apiVersion: 'v1', kind: 'Secret' }, true],
  ['an ordinary Secret', { type: 'Opaque' }, { apiVersion: 'v1', kind: 'Secret' }, false],
])('has to be deleted first: %s', (_, live, wanted, expected) => expect(cannotBecome(object(live), object(wanted))).toBe(expected));

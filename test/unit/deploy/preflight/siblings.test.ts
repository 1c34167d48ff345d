import { describe, expect, test } from '@jest/globals';
import { type Siblings, waitsFor } from '../../../../src/deploy/preflight/siblings.ts';
import { HttpError } from '../../../../src/interfaces/errors.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';

const object = (apiVersion: string, kind: string, name: string, more: object = {}): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name },
  ...more,
});
const definition = (served = true): KubernetesObject =>
  object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'issuers.example.com', {
    spec: { group: 'example.com', names: { kind: 'Issuer', plural: 'issuers' }, versions: [{ name: 'v1', served }] },
  });
const unknown = new HttpError('The cluster does not know the kind Issuer (example.com/v1)', { status: 404, code: 'UnknownKind' });
const said = (message: string, status = 404, code = 'NotFound') => new HttpError(message, { status, code });
const issuer = object('example.com/v1', 'Issuer', 'own');
const pod = object('v1', 'Pod', 'test');
const siblings = (objects: readonly KubernetesObject[], more: Partial<Siblings> = {}): Siblings => ({ objects, definitions: [], ...more });

describe('a refusal waits for an object of the same chart', () => {
  test.each<[string, KubernetesObject, HttpError, Siblings, string]>([
    ['a definition in the templates', issuer, unknown, siblings([definition()]), 'CustomResourceDefinition/issuers.example.com'],
    ['one in crds/', issuer, unknown, siblings([], { definitions: [definition()] }), 'CustomResourceDefinition/issuers.example.com'],
    [
      'an API of its own',
      issuer,
      unknown,
      siblings([object('apiregistration.k8s.io/v1', 'APIService', 'v1.example.com', { spec: { group: 'example.com', version: 'v1' } })]),
      'APIService/v1.example.com',
    ],
    ['a Namespace', pod, said('namespaces "jobs" not found'), siblings([object('v1', 'Namespace', 'jobs')]), 'Namespace/jobs'],
    ['the namespace of the app', pod, said('namespaces "app" not found'), siblings([], { missingNamespace: 'app' }), 'Namespace/app'],
    [
      'a Role',
      object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'reads'),
      said('roles.rbac.authorization.k8s.io "reads" not found'),
      siblings([object('rbac.authorization.k8s.io/v1', 'Role', 'reads')]),
      'Role/reads',
    ],
    [
      'a ServiceAccount',
      pod,
      said('pods "test" is forbidden: error looking up service account app/own: serviceaccounts "own" not found', 403, 'Forbidden'),
      siblings([object('v1', 'ServiceAccount', 'own')]),
      'ServiceAccount/own',
    ],
    [
      'a PriorityClass',
      pod,
      said('pods "test" is forbidden: no PriorityClass with name high was found', 403, 'Forbidden'),
      siblings([object('scheduling.k8s.io/v1', 'PriorityClass', 'high')]),
      'PriorityClass/high',
    ],
    [
      'a StorageClass, whose plural ends in es',
      pod,
      said('storageclasses.storage.k8s.io "fast" not found'),
      siblings([object('storage.k8s.io/v1', 'StorageClass', 'fast')]),
      'StorageClass/fast',
    ],
    [
      'a NetworkPolicy, whose plural ends in ies',
      pod,
      said('networkpolicies.networking.k8s.io "own" not found'),
      siblings([object('networking.k8s.io/v1', 'NetworkPolicy', 'own')]),
      'NetworkPolicy/own',
    ],
  ])('%s', (_, refused, error, chart, awaited) => {
    expect(waitsFor(refused, error, chart)).toBe(awaited);
  });

  test.each<[string, KubernetesObject, HttpError, Siblings]>([
    ['a kind that nobody defines', issuer, unknown, siblings([])],
    ['a version that the definition does not serve', { ...issuer, apiVersion: 'example.com/v2' }, unknown, siblings([definition()])],
    ['a version that is switched off', issuer, unknown, siblings([definition(false)])],
    ['another name', pod, said('serviceaccounts "other" not found'), siblings([object('v1', 'ServiceAccount', 'own')])],
    ['another kind of that name', pod, said('roles.rbac.authorization.k8s.io "own" not found'), siblings([object('v1', 'Secret', 'own')])],
    [
      'the same name in another group',
      pod,
      said('roles.example.com "own" not found'),
      siblings([object('rbac.authorization.k8s.io/v1', 'Role', 'own')]),
    ],
    ['itself', pod, said('pods "test" not found'), siblings([pod])],
    ['a mistake', pod, said('Pod "test" is invalid: spec.containers: Required value', 422, 'Invalid'), siblings([definition()])],
  ])('not where it is %s', (_, refused, error, chart) => {
    expect(waitsFor(refused, error, chart)).toBeUndefined();
  });
});

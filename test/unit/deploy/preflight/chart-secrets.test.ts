import { expect, test } from '@jest/globals';
import { chartSecretRefusals } from '../../../../src/deploy/preflight/chart-secrets.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';

const object = (apiVersion: string, kind: string, name: string, spec?: object): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name },
  ...(spec && { spec }),
});

test.each<[string, KubernetesObject, string | undefined]>([
  ['the Secret itself', object('v1', 'Secret', 'login'), 'itself'],
  ['a sealed one', object('bitnami.com/v1alpha1', 'SealedSecret', 'login'), 'by SealedSecret/login'],
  ['one that is fetched', object('external-secrets.io/v1', 'ExternalSecret', 'login', {}), 'by ExternalSecret/login'],
  [
    'one that is fetched under another name',
    object('external-secrets.io/v1', 'ExternalSecret', 'vault', { target: { name: 'login' } }),
    'by ExternalSecret/vault',
  ],
  ['a certificate', object('cert-manager.io/v1', 'Certificate', 'tls', { secretName: 'login' }), 'by Certificate/tls'],
  ['one of another name', object('external-secrets.io/v1', 'ExternalSecret', 'login', { target: { name: 'other' } }), undefined],
  ['a ConfigMap of that name', object('v1', 'ConfigMap', 'login'), undefined],
])('%s', (_, made, by) => {
  const found = chartSecretRefusals([{ name: 'login' }, { name: 'login' }], [made]);
  expect(found.map(({ message }) => message)).toEqual(by ? [`is made by the chart ${by}, and the input "secrets" names it, too`] : []);
});

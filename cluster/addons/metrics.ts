import { readFile } from 'node:fs/promises';
import { PATHS } from '../config.ts';
import { apply } from '../kubectl.ts';
import { certFile, keyFile } from '../pki.ts';
import { account, bindRole, labels, RESTRICTED, rule } from './objects.ts';

const NAME = 'metrics-server';
const NS = 'kube-system';

/** The source of `kubectl top` and of horizontal autoscaling. */
export async function applyMetrics(image: string): Promise<void> {
  const [ca, cert, key] = await Promise.all(
    [PATHS.caFile, certFile(NAME), keyFile(NAME)].map(async (path) => (await readFile(path)).toString('base64')),
  );
  const subject = { kind: 'ServiceAccount', name: NAME, namespace: NS };
  const authReader = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: `${NAME}-auth-reader`, namespace: NS },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'extension-apiserver-authentication-reader' },
    subjects: [subject],
  };
  await apply([
    ...account(NAME, NS, [rule('', 'nodes/metrics', ['get']), rule('', 'pods nodes')]),
    bindRole(`${NAME}:system:auth-delegator`, 'system:auth-delegator', subject),
    authReader,
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: NAME, namespace: NS },
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': cert, 'tls.key': key },
    },
    service(),
    deployment(image),
    apiService(ca),
  ]);
}

function apiService(caBundle: string | undefined): object {
  const service = { name: NAME, namespace: NS };
  const spec = { group: 'metrics.k8s.io', version: 'v1beta1', service, caBundle, groupPriorityMinimum: 100, versionPriority: 100 };
  return { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name: 'v1beta1.metrics.k8s.io' }, spec };
}

function service(): object {
  const ports = [{ name: 'https', port: 443, targetPort: 'https' }];
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: NAME, namespace: NS }, spec: { selector: labels(NAME), ports } };
}

function deployment(image: string): object {
  const container = {
    name: NAME,
    image,
    imagePullPolicy: 'Never',
    args: [
      '--secure-port=10250',
      '--tls-cert-file=/etc/tls/tls.crt',
      '--tls-private-key-file=/etc/tls/tls.key',
      '--kubelet-preferred-address-types=InternalIP',
      '--kubelet-certificate-authority=/var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
      '--metric-resolution=15s',
    ],
    ports: [{ name: 'https', containerPort: 10250 }],
    readinessProbe: { httpGet: { path: '/readyz', port: 'https', scheme: 'HTTPS' }, periodSeconds: 5 },
    resources: { requests: { cpu: '20m', memory: '40Mi' } },
    securityContext: RESTRICTED,
    volumeMounts: [{ name: 'tls', mountPath: '/etc/tls', readOnly: true }],
  };
  const spec = { serviceAccountName: NAME, containers: [container], volumes: [{ name: 'tls', secret: { secretName: NAME } }] };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: NAME, namespace: NS },
    spec: { replicas: 1, selector: { matchLabels: labels(NAME) }, template: { metadata: { labels: labels(NAME) }, spec } },
  };
}

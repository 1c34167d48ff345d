import { readFile } from 'node:fs/promises';
import { PATHS } from '../config.ts';
import { apply, kubectl, rolledOut } from '../kubectl.ts';
import { certFile, keyFile } from '../pki.ts';
import { account, bindRole, labels, RESTRICTED, rule } from './objects.ts';

const NAME = 'metrics-server';
const NS = 'kube-system';
/** Seconds; it is ready after it has read every kubelet twice. */
const START_LIMIT = 180;

const API_SERVICE = 'v1beta1.metrics.k8s.io';

/** Whether the API server has metrics to ask for. */
export async function metricsAnswer(): Promise<boolean> {
  const path = 'jsonpath={.status.conditions[?(@.type=="Available")].status}';
  return (await kubectl(['get', 'apiservice', API_SERVICE, '--ignore-not-found', '-o', path])) === 'True';
}

/**
 * The source of `kubectl top` and of horizontal autoscaling. The API server is told of it only once it answers: as long as a registered
 * API does not, no namespace finishes being deleted.
 */
export async function applyMetrics(image: string): Promise<void> {
  if (!(await metricsAnswer())) await kubectl(['delete', 'apiservice', API_SERVICE, '--ignore-not-found']);
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
  ]);
  await rolledOut(`deployment/${NAME}`, NS, START_LIMIT);
  await apply([apiService(ca)]);
}

function apiService(caBundle: string | undefined): object {
  const service = { name: NAME, namespace: NS };
  const spec = { group: 'metrics.k8s.io', version: 'v1beta1', service, caBundle, groupPriorityMinimum: 100, versionPriority: 100 };
  return { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name: API_SERVICE }, spec };
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

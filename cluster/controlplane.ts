import { join } from 'node:path';
import { type Component, ensureRunning } from './component.ts';
import { API_SERVER, NODES, PATHS, POD_RANGE, SERVICE_RANGE } from './config.ts';
import { answersOk } from './http.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { certFile, keyFile } from './pki.ts';
import type { Enter } from './space.ts';

const ISSUER = 'https://kubernetes.default.svc.cluster.local';
const CA_FILE = PATHS.caFile;
/** Starts etcd, the API server, and then controller manager and scheduler on the first node. */
export async function ensureControlPlane(enter: Enter): Promise<void> {
  await writeKubeconfig('admin', PATHS.kubeconfig);
  await ensureRunning(etcd(enter));
  await ensureRunning(apiServer(enter));
  await Promise.all([ensureRunning(await controllerManager(enter)), ensureRunning(await scheduler(enter))]);
}

function etcd(enter: Enter): Component {
  const url = 'https://127.0.0.1:2379';
  const args = flags({
    'data-dir': PATHS.etcd,
    'listen-client-urls': url,
    'advertise-client-urls': url,
    'listen-peer-urls': 'http://127.0.0.1:2380',
    'cert-file': certFile('etcd'),
    'key-file': keyFile('etcd'),
    'trusted-ca-file': certFile('etcd-ca'),
    'client-cert-auth': 'true',
    'auto-compaction-retention': '30m',
    'log-level': 'warn',
    // A cluster for tests may lose its last writes when the machine loses power.
    'unsafe-no-fsync': 'true',
  });
  return { name: 'etcd', command: 'etcd', args, enter };
}

function apiServer(enter: Enter): Component {
  const args = flags({
    'etcd-servers': 'https://127.0.0.1:2379',
    'etcd-cafile': certFile('etcd-ca'),
    'etcd-certfile': certFile('etcd-client'),
    'etcd-keyfile': keyFile('etcd-client'),
    'secure-port': '6443',
    'advertise-address': NODES[0].ip,
    'service-cluster-ip-range': SERVICE_RANGE,
    'tls-cert-file': certFile('apiserver'),
    'tls-private-key-file': keyFile('apiserver'),
    'client-ca-file': CA_FILE,
    'authorization-mode': 'Node,RBAC',
    'enable-admission-plugins': 'NodeRestriction',
    'allow-privileged': 'true',
    'kubelet-certificate-authority': CA_FILE,
    'kubelet-client-certificate': certFile('apiserver-kubelet'),
    'kubelet-client-key': keyFile('apiserver-kubelet'),
    'kubelet-preferred-address-types': 'InternalIP',
    'service-account-issuer': ISSUER,
    'service-account-key-file': join(PATHS.pki, 'sa.pub'),
    'service-account-signing-key-file': keyFile('sa'),
    'requestheader-client-ca-file': certFile('front-proxy-ca'),
    'requestheader-allowed-names': 'front-proxy-client',
    'requestheader-username-headers': 'X-Remote-User',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'proxy-client-cert-file': certFile('front-proxy'),
    'proxy-client-key-file': keyFile('front-proxy'),
    profiling: 'false',
  });
  const ready = () => answersOk(`${API_SERVER}/readyz`, { as: 'admin' });
  return { name: 'kube-apiserver', command: 'kube-apiserver', args, enter, ready, limit: 60_000 };
}

async function controllerManager(enter: Enter): Promise<Component> {
  const kubeconfig = await writeKubeconfig('controller-manager');
  const args = flags({
    ...access(kubeconfig),
    'bind-address': '127.0.0.1',
    'leader-elect': 'false',
    'use-service-account-credentials': 'true',
    'service-account-private-key-file': keyFile('sa'),
    'root-ca-file': CA_FILE,
    'cluster-signing-cert-file': CA_FILE,
    'cluster-signing-key-file': keyFile('ca'),
    'requestheader-client-ca-file': certFile('front-proxy-ca'),
    'cluster-cidr': POD_RANGE,
    'service-cluster-ip-range': SERVICE_RANGE,
    // Each node's range is fixed, because its pod network is configured with it.
    'allocate-node-cidrs': 'false',
    profiling: 'false',
  });
  return { name: 'kube-controller-manager', command: 'kube-controller-manager', args, enter, configs: [kubeconfig] };
}

async function scheduler(enter: Enter): Promise<Component> {
  const kubeconfig = await writeKubeconfig('scheduler');
  const args = flags({ ...access(kubeconfig), 'bind-address': '127.0.0.1', 'leader-elect': 'false', profiling: 'false' });
  return { name: 'kube-scheduler', command: 'kube-scheduler', args, enter, configs: [kubeconfig] };
}

function access(kubeconfig: string): Record<string, string> {
  return { kubeconfig, 'authentication-kubeconfig': kubeconfig, 'authorization-kubeconfig': kubeconfig };
}

function flags(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}

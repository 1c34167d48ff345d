import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { API_SERVER, HOST_IP, NODES, PATHS, SERVICE_IP } from './config.ts';
import { ClusterError } from './errors.ts';
import { run } from './exec.ts';
import { writeText } from './files.ts';

/** One certificate of the cluster. Name and organisation are the user and group that Kubernetes sees. */
interface Certificate {
  name: string;
  commonName: string;
  organisation?: string;
  usage: 'clientAuth' | 'serverAuth' | 'serverAuth,clientAuth';
  /** Subject alternative names in openssl's words. */
  names?: readonly string[];
  ca?: string;
}

const LOCAL = ['DNS:localhost', 'IP:127.0.0.1'];
const API_NAMES = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'];

const CERTIFICATES: readonly Certificate[] = [
  { name: 'etcd', commonName: 'etcd', usage: 'serverAuth,clientAuth', names: LOCAL, ca: 'etcd-ca' },
  { name: 'etcd-client', commonName: 'kube-apiserver', usage: 'clientAuth', ca: 'etcd-ca' },
  {
    name: 'apiserver',
    commonName: 'kube-apiserver',
    usage: 'serverAuth',
    names: [...API_NAMES.map((name) => `DNS:${name}`), ...LOCAL, `IP:${SERVICE_IP}`, `IP:${new URL(API_SERVER).hostname}`],
  },
  { name: 'apiserver-kubelet', commonName: 'kube-apiserver-kubelet-client', usage: 'clientAuth' },
  { name: 'front-proxy', commonName: 'front-proxy-client', usage: 'clientAuth', ca: 'front-proxy-ca' },
  { name: 'controller-manager', commonName: 'system:kube-controller-manager', usage: 'clientAuth' },
  { name: 'scheduler', commonName: 'system:kube-scheduler', usage: 'clientAuth' },
  { name: 'kube-proxy', commonName: 'system:kube-proxy', usage: 'clientAuth' },
  { name: 'kube-router', commonName: 'kube-router', usage: 'clientAuth' },
  { name: 'admin', commonName: 'todo-deploy-admin', organisation: 'system:masters', usage: 'clientAuth' },
  { name: 'metrics-server', commonName: 'metrics-server', usage: 'serverAuth', names: ['DNS:metrics-server.kube-system.svc'] },
  // Hosts of tests and demo: what an HTTPS listener serves.
  { name: 'gateway', commonName: 'gateway', usage: 'serverAuth', names: ['DNS:*.example.test', 'DNS:example.test'] },
  { name: 'registry', commonName: 'registry', usage: 'serverAuth', names: [`IP:${HOST_IP}`, ...LOCAL] },
  ...NODES.flatMap((node): Certificate[] => [
    { name: `${node.name}-client`, commonName: `system:node:${node.name}`, organisation: 'system:nodes', usage: 'clientAuth' },
    {
      name: `${node.name}-server`,
      commonName: `system:node:${node.name}`,
      usage: 'serverAuth',
      names: [`DNS:${node.name}`, `IP:${node.ip}`],
    },
  ]),
];

const CONFIG = join(PATHS.pki, 'openssl.cnf');
const EC_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-sha256', '-days', '3650'];

export function certFile(name: string): string {
  return join(PATHS.pki, `${name}.crt`);
}

export function keyFile(name: string): string {
  return join(PATHS.pki, `${name}.key`);
}

/** Makes the certificate authorities, certificates and keys that are missing. Keys are readable by root only. */
export async function ensurePki(): Promise<void> {
  await mkdir(PATHS.pki, { recursive: true, mode: 0o700 });
  await writeText(CONFIG, '[req]\ndistinguished_name=dn\n[dn]\n');
  await Promise.all(['ca', 'etcd-ca', 'front-proxy-ca'].map(ensureCa));
  await Promise.all([...CERTIFICATES.map(issue), ensureServiceAccountKey()]);
  await writeText(PATHS.caBundle, (await hostBundle()) + (await readFile(PATHS.caFile, 'utf8')), 0o644);
}

async function ensureCa(name: string): Promise<void> {
  if (existsSync(certFile(name)) && existsSync(keyFile(name))) return;
  const extensions = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign,digitalSignature'];
  await request(['-subj', `/CN=todo-deploy ${name}`, ...extensions, '-keyout', keyFile(name), '-out', certFile(name)]);
}

async function issue({ name, commonName, organisation, usage, names, ca = 'ca' }: Certificate): Promise<void> {
  if (existsSync(certFile(name)) && existsSync(keyFile(name))) return;
  const subject = `${organisation ? `/O=${organisation}` : ''}/CN=${commonName}`;
  const extensions = ['basicConstraints=critical,CA:FALSE', 'keyUsage=critical,digitalSignature', `extendedKeyUsage=${usage}`];
  if (names) extensions.push(`subjectAltName=${names.join(',')}`);
  const files = ['-CA', certFile(ca), '-CAkey', keyFile(ca), '-keyout', keyFile(name), '-out', certFile(name)];
  await request(['-subj', subject, ...extensions.flatMap((text) => ['-addext', text]), ...files]);
}

async function request(args: readonly string[]): Promise<void> {
  // An empty configuration: the system's own may add extensions twice.
  await run('openssl', ['req', '-x509', '-new', '-config', CONFIG, ...EC_KEY, ...args]);
}

async function ensureServiceAccountKey(): Promise<void> {
  const key = keyFile('sa');
  if (existsSync(key)) return;
  await run('openssl', ['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', key]);
  await run('openssl', ['pkey', '-in', key, '-pubout', '-out', join(PATHS.pki, 'sa.pub')]);
}

/** The certificate authorities that this machine trusts, for programs that also reach the package registries. */
async function hostBundle(): Promise<string> {
  const usual = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];
  const path = [process.env.SSL_CERT_FILE ?? '', ...usual].find((file) => file !== '' && file !== PATHS.caBundle && existsSync(file));
  if (!path) throw new ClusterError(`no CA bundle of this machine found (looked for ${usual.join(', ')}); install ca-certificates`);
  return `${(await readFile(path, 'utf8')).trimEnd()}\n`;
}

/**
 * An etcd and a kube-apiserver of their own, on loopback ports and in a folder that goes with them. Prints where they are once they serve,
 * and ends them when its standard input ends: that happens however the test runner ends, killed too.
 */
import { spawn } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { ClusterError } from '../../../cluster/errors.ts';
import { endGroup } from '../../../cluster/group.ts';
import { ensurePrograms } from '../../../cluster/programs/build.ts';
import { programFile } from '../../../cluster/programs/cache.ts';
import { until } from '../../../cluster/wait.ts';

const START_LIMIT_MS = 120_000;
const TOKEN = randomUUID();
/** What runs of the product act as: a name of their own in the audit log, all that they do in it. */
const DEPLOYER = 'deployer';
const DEPLOYER_TOKEN = randomUUID();
const AUDIT = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted'],
  rules: [{ level: 'Metadata', users: [DEPLOYER] }, { level: 'None' }],
};
const folder = mkdtempSync(join(tmpdir(), 'todo-deploy-api-'));
const path = (name: string): string => join(folder, name);
const groups: number[] = [];
let ending: Promise<void> | undefined;

process.stdin.on('end', end).resume();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end);

try {
  const programs = await ensurePrograms(['etcd', 'kubernetes', 'helm4', 'helm3', 'gateway-api', 'snapshot-api', 'velero-api'], {
    alone: true,
    onProgress: (line) => console.error(line),
  });
  const program = (name: string): string => programs.get(name) ?? name;
  const [client, peer, secure] = await Promise.all([freePort(), freePort(), freePort()]);
  start('etcd', program('etcd'), {
    'data-dir': path('etcd'),
    'listen-client-urls': `http://127.0.0.1:${client}`,
    'advertise-client-urls': `http://127.0.0.1:${client}`,
    'listen-peer-urls': `http://127.0.0.1:${peer}`,
    'log-level': 'error',
    'unsafe-no-fsync': 'true',
  });
  writeServiceAccountKey();
  const users = [`${TOKEN},admin,admin,"system:masters"`, `${DEPLOYER_TOKEN},${DEPLOYER},${DEPLOYER},"system:masters"`];
  writeFileSync(path('tokens.csv'), `${users.join('\n')}\n`, { mode: 0o600 });
  writeFileSync(path('audit.yaml'), JSON.stringify(AUDIT));
  start('kube-apiserver', program('kube-apiserver'), {
    'etcd-servers': `http://127.0.0.1:${client}`,
    'secure-port': `${secure}`,
    'bind-address': '127.0.0.1',
    'advertise-address': '127.0.0.1',
    'endpoint-reconciler-type': 'none',
    // It makes a certificate of its own there.
    'cert-dir': path('certs'),
    'token-auth-file': path('tokens.csv'),
    'audit-policy-file': path('audit.yaml'),
    'audit-log-path': path('audit.log'),
    'audit-log-maxsize': '1000',
    'authorization-mode': 'RBAC',
    // Nobody makes the ServiceAccount `default` that each pod would need.
    'disable-admission-plugins': 'ServiceAccount',
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': path('sa.pub'),
    'service-account-signing-key-file': path('sa.key'),
    'service-cluster-ip-range': '10.96.0.0/16',
    profiling: 'false',
  });
  const server = `https://127.0.0.1:${secure}`;
  const kubeconfig = await until(`the API server (log: ${path('kube-apiserver.log')})`, START_LIMIT_MS, () => readyAt(server));
  const bin = ['helm', 'helm3', 'kubectl'].map((name) => dirname(program(name)));
  const definitions = {
    gatewayApi: programFile('gateway-api', 'standard.yaml'),
    snapshots: programFile('snapshot-api', 'definitions.yaml'),
    velero: programFile('velero-api', 'backups.yaml'),
  };
  console.log(JSON.stringify({ kubeconfig, bin, audit: path('audit.log'), ...definitions }));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
  await end();
}

function start(name: string, command: string, flags: Readonly<Record<string, string>>): void {
  const log = openSync(path(`${name}.log`), 'a', 0o600);
  const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
  const child = spawn(command, args, { detached: true, stdio: ['ignore', log, log], cwd: folder });
  if (child.pid !== undefined) groups.push(child.pid);
  child.on('exit', (code, signal) => {
    if (ending) return;
    console.error(`${name} ended (${signal ?? code}): ${readFileSync(path(`${name}.log`), 'utf8').slice(-2_000)}`);
    void end();
  });
}

/** The kubeconfig's path, once the API serves. */
async function readyAt(server: string): Promise<string | undefined> {
  const ca = readFileSync(path('certs/apiserver.crt'));
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'api', cluster: { server, 'certificate-authority-data': ca.toString('base64') } }],
    users: [
      { name: 'admin', user: { token: TOKEN } },
      { name: DEPLOYER, user: { token: DEPLOYER_TOKEN } },
    ],
    contexts: [
      { name: 'api', context: { cluster: 'api', user: 'admin' } },
      { name: DEPLOYER, context: { cluster: 'api', user: DEPLOYER } },
    ],
    'current-context': 'api',
  };
  const asked = request(`${server}/readyz`, { ca, headers: { authorization: `Bearer ${TOKEN}` }, agent: false }).end();
  const [answer] = await once(asked, 'response');
  answer.resume();
  if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}`);
  writeFileSync(path('kubeconfig'), stringify(config), { mode: 0o600 });
  return path('kubeconfig');
}

function writeServiceAccountKey(): void {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  writeFileSync(path('sa.pub'), publicKey);
  writeFileSync(path('sa.key'), privateKey, { mode: 0o600 });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  await once(server.close(), 'close');
  if (address === null || typeof address === 'string') throw new ClusterError('no free port on 127.0.0.1');
  return address.port;
}

function end(): Promise<void> {
  ending ??= Promise.all(groups.map((group) => endGroup(group, 5_000))).then(() => {
    rmSync(folder, { recursive: true, force: true });
    process.exit();
  });
  return ending;
}

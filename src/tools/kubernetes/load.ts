import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { ConfigurationError } from '../../interfaces/errors.ts';
import type { PrivateFiles } from '../../interfaces/files.ts';
import type { KubeContext } from '../../interfaces/home-cluster.ts';
import { codeOf, fieldAt } from '../../interfaces/values.ts';
import { type KubeconfigFile, mergeKubeconfigs, parseKubeconfig, type SelectedContext, selectContext } from './kubeconfig.ts';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface KubeconfigSource {
  /** What a user gives: the content, the content in base64, or a path. */
  input?: string | undefined;
  content?: string | undefined;
  base64?: string | undefined;
  path?: string | undefined;
  context?: string | undefined;
  env?: Readonly<Record<string, string | undefined>>;
  /** Called for each value that must not be shown: token, password, key data raw and decoded. Never the whole file. */
  mask?: (secret: string) => void;
}

/** One context of a kubeconfig, its files read, ready for the client and for Helm. */
export interface ClusterAccess {
  readonly context: string;
  readonly server: string;
  /** The context's namespace. */
  readonly namespace: string | undefined;
  readonly selected: SelectedContext;
  /** Writes a private kubeconfig with only this context and returns its path. */
  kubeconfigFile(files: PrivateFiles): string;
}

/** Reads the given kubeconfig; without one KUBECONFIG, `~/.kube/config`, then the Pod's own service account. */
export function loadKubeconfig(source: KubeconfigSource = {}): ClusterAccess {
  const env = source.env ?? process.env;
  const { file, origin } = read(source, env);
  const selected = selectContext(file, source.context, origin, env);
  maskSecrets(selected, source.mask ?? (() => undefined));
  return accessOf(selected);
}

/** What tells whose cluster it is. */
export function contextOf({ selected: { name, clusterName, cluster } }: ClusterAccess): KubeContext {
  const extensions = Array.isArray(cluster.extensions) ? cluster.extensions : [];
  const providers = extensions.map((one) => fieldAt(one, 'extension', 'provider'));
  return { context: name, cluster: clusterName, provider: providers.find((provider) => typeof provider === 'string') };
}

/** The same cluster and context, with this token as the only credential. */
export const withToken = ({ selected }: ClusterAccess, token: string): ClusterAccess => accessOf({ ...selected, user: { token } });

/**
 * The same cluster and credentials, acting as another user and nothing more: groups and extras that the kubeconfig's user acts with are those of
 * the wider account. The API server gives a ServiceAccount its own groups.
 */
export const actingAs = ({ selected }: ClusterAccess, as: string): ClusterAccess => {
  const { 'as-groups': _groups, 'as-uid': _uid, 'as-user-extra': _extra, ...user } = selected.user;
  return accessOf({ ...selected, user: { ...user, as } });
};

function accessOf(selected: SelectedContext): ClusterAccess {
  return {
    context: selected.name,
    server: selected.cluster.server,
    namespace: selected.namespace,
    selected,
    kubeconfigFile: (files) => files.file('kubeconfig', JSON.stringify(minimal(selected))),
  };
}

interface Found {
  file: KubeconfigFile;
  origin: string;
}

function read(source: KubeconfigSource, env: Readonly<Record<string, string | undefined>>): Found {
  if (source.content) return { file: absolute(parseKubeconfig(source.content, 'input'), process.cwd()), origin: 'input' };
  if (source.base64) return { file: absolute(parseKubeconfig(decode(source.base64), 'input'), process.cwd()), origin: 'input' };
  if (source.path) return readFile(source.path);
  const input = source.input?.trim();
  if (input) return classify(input) === 'path' ? readGiven(input, source.mask) : read({ [classify(input)]: input }, env);
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  const paths = (listed.length > 0 ? listed : [join(env.HOME ?? homedir(), '.kube', 'config')]).filter((path) => existsSync(path));
  if (paths.length > 0) {
    return { file: mergeKubeconfigs(paths.map((path) => readFile(path).file)), origin: paths.join(delimiter) };
  }
  const inCluster = serviceAccount(env);
  if (inCluster !== undefined) return inCluster;
  throw new ConfigurationError('No cluster is configured: no input, no KUBECONFIG, no ~/.kube/config', {
    hint: 'set the input "kubeconfig" (content, base64 or a path), or "cluster" for DigitalOcean',
  });
}

/** Content has more than one line or a YAML key; base64 of it has only its alphabet and some length; all else is a path. */
export function classify(input: string): 'content' | 'base64' | 'path' {
  if (/[\n{]/.test(input)) return /^[A-Za-z0-9+/=\s]+$/.test(input) ? 'base64' : 'content';
  return input.length > 200 && /^[A-Za-z0-9+/]+=*$/.test(input) ? 'base64' : 'path';
}

function decode(text: string): string {
  return Buffer.from(text.replace(/\s+/g, ''), 'base64').toString('utf8');
}

/** What names no file may be a token or another secret in the wrong place: it is masked and not repeated. */
function readGiven(path: string, mask: KubeconfigSource['mask']): Found {
  if (existsSync(path)) return readFile(path);
  throw noKubeconfig(basename(path), mask);
}

export function noKubeconfig(given: string, mask: KubeconfigSource['mask']): ConfigurationError {
  mask?.(given);
  return new ConfigurationError('Input "kubeconfig" is neither a kubeconfig, nor the base64 of one, nor the path of a file that is there', {
    hint: 'give the output of `kubectl config view --raw --minify`, as text or in base64; paths are relative to the workspace',
  });
}

function readFile(path: string): Found {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigurationError(`The kubeconfig ${path} cannot be read: ${codeOf(cause) || 'error'}`);
  }
  return { file: absolute(parseKubeconfig(text, path), dirname(resolve(path))), origin: path };
}

/** Paths in a kubeconfig are relative to it, the command of an exec plugin only if it holds a separator. */
function absolute(file: KubeconfigFile, folder: string): KubeconfigFile {
  const fix = <T extends object>(entry: T | null | undefined, keys: readonly string[]): T | null | undefined => {
    if (!entry) return entry;
    const changed = Object.entries(entry).map(([key, value]) => [
      key,
      keys.includes(key) && typeof value === 'string' && value !== '' && !isAbsolute(value) ? join(folder, value) : value,
    ]);
    return Object.fromEntries(changed) as T;
  };
  return {
    ...file,
    clusters: (file.clusters ?? []).map((entry) => ({ ...entry, cluster: fix(entry.cluster, ['certificate-authority']) ?? null })),
    users: (file.users ?? []).map((entry) => {
      const user = fix(entry.user, ['client-certificate', 'client-key', 'tokenFile']) ?? null;
      return { ...entry, user: user?.exec?.command.includes('/') ? { ...user, exec: fix(user.exec, ['command']) ?? null } : user };
    }),
  };
}

function serviceAccount(env: Readonly<Record<string, string | undefined>>): Found | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  if (!host || !existsSync(`${SERVICE_ACCOUNT}/token`)) return undefined;
  const namespace = readFileSync(`${SERVICE_ACCOUNT}/namespace`, 'utf8').trim();
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port ?? '443'}`;
  const file: KubeconfigFile = {
    'current-context': 'in-cluster',
    clusters: [{ name: 'in-cluster', cluster: { server, 'certificate-authority': `${SERVICE_ACCOUNT}/ca.crt` } }],
    contexts: [{ name: 'in-cluster', context: { cluster: 'in-cluster', user: 'in-cluster', namespace } }],
    users: [{ name: 'in-cluster', user: { tokenFile: `${SERVICE_ACCOUNT}/token` } }],
  };
  return { file, origin: 'in-cluster' };
}

function maskSecrets({ user }: SelectedContext, mask: (secret: string) => void): void {
  if (user.token) mask(user.token);
  if (user.password) mask(user.password);
  const key = user['client-key-data'];
  if (key) {
    mask(key);
    mask(Buffer.from(key, 'base64').toString('utf8'));
  }
}

function minimal({ name, cluster, user, namespace }: SelectedContext): KubeconfigFile {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name: 'cluster', cluster }],
    contexts: [{ name, context: { cluster: 'cluster', user: 'user', namespace } }],
    users: [{ name: 'user', user }],
  };
}

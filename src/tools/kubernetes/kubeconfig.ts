import { ConfigurationError } from '../../interfaces/errors.ts';
import { isPlainAllowed, PLAIN_HTTP } from '../../interfaces/plain-http.ts';
import { parseYaml } from '../../interfaces/reading/yaml.ts';
import { parseProxy } from '../proxy/rules.ts';
import { misfit } from './kubeconfig-shape.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Kubernetes' file format, the fields that we know. */
export interface KubeconfigFile {
  apiVersion?: string | undefined;
  kind?: string | undefined;
  'current-context'?: string | undefined;
  clusters?: { name: string; cluster?: ClusterEntry | null }[] | null | undefined;
  contexts?: { name: string; context?: ContextEntry | null }[] | null | undefined;
  users?: { name: string; user?: UserEntry | null }[] | null | undefined;
}

interface ClusterEntry {
  server?: string | undefined;
  'certificate-authority'?: string | undefined;
  'certificate-authority-data'?: string | undefined;
  'insecure-skip-tls-verify'?: boolean | undefined;
  'tls-server-name'?: string | undefined;
  'proxy-url'?: string | undefined;
  /** What its maker says of it, in whatever form. */
  extensions?: unknown;
}

interface ContextEntry {
  cluster?: string | undefined;
  user?: string | undefined;
  namespace?: string | undefined;
}

export interface ExecEntry {
  apiVersion?: string | undefined;
  command: string;
  args?: string[] | null | undefined;
  env?: { name: string; value: string }[] | null | undefined;
  installHint?: string | undefined;
  provideClusterInfo?: boolean | undefined;
}

export interface UserEntry {
  'client-certificate'?: string | undefined;
  'client-certificate-data'?: string | undefined;
  'client-key'?: string | undefined;
  'client-key-data'?: string | undefined;
  token?: string | undefined;
  tokenFile?: string | undefined;
  username?: string | undefined;
  password?: string | undefined;
  as?: string | undefined;
  'as-groups'?: string[] | null | undefined;
  'as-uid'?: string | undefined;
  'as-user-extra'?: Record<string, string[]> | null | undefined;
  exec?: ExecEntry | null | undefined;
  'auth-provider'?: unknown | undefined;
}

export interface SelectedContext {
  name: string;
  /** Name of its cluster. */
  clusterName: string;
  cluster: ClusterEntry & { server: string };
  user: UserEntry;
  namespace: string | undefined;
}

/** Parses the text; the error never quotes it, since it holds keys. */
export function parseKubeconfig(text: string, origin: string): KubeconfigFile {
  const value = parseYaml(text, `The kubeconfig (${origin})`, { hint: HINT });
  if (typeof value !== 'object' || value === null || !('clusters' in value) || !('contexts' in value)) {
    throw new ConfigurationError(`The kubeconfig (${origin}) has no clusters and contexts`, { hint: HINT });
  }
  const wrong = misfit(value as Record<string, unknown>);
  if (wrong !== undefined) throw new ConfigurationError(`The kubeconfig (${origin}): ${wrong}`, { hint: HINT });
  return value as KubeconfigFile;
}

const HINT = 'give the output of `kubectl config view --raw --minify`, as text or in base64, or the path of such a file';

/** Files named by KUBECONFIG are merged as kubectl does: the first that names something wins. */
export function mergeKubeconfigs(files: readonly KubeconfigFile[]): KubeconfigFile {
  const first = <T extends { name: string }>(lists: (T[] | null | undefined)[]): T[] => [
    ...new Map(
      lists
        .flatMap((list) => list ?? [])
        .reverse()
        .map((entry) => [entry.name, entry]),
    ).values(),
  ];
  const current = files.map((file) => file['current-context']).find(Boolean);
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': current,
    clusters: first(files.map((file) => file.clusters)),
    contexts: first(files.map((file) => file.contexts)),
    users: first(files.map((file) => file.users)),
  };
}

/** Chooses a context and resolves its names, or says what there is instead. */
export function selectContext(file: KubeconfigFile, wanted: string | undefined, origin: string, env: Environment = {}): SelectedContext {
  const names = (file.contexts ?? []).map((entry) => entry.name);
  const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  const name = wanted ?? (file['current-context'] || (names.length === 1 ? names[0] : undefined));
  if (name === undefined) {
    throw new ConfigurationError(`The kubeconfig (${origin}) has no current context; ${known}`, { hint: 'set the input "context"' });
  }
  const context = file.contexts?.find((entry) => entry.name === name)?.context;
  if (context === undefined || context === null) {
    throw new ConfigurationError(`The kubeconfig (${origin}) has no context "${name}"; ${known}`, { hint: 'set the input "context"' });
  }
  const cluster = file.clusters?.find((entry) => entry.name === context.cluster)?.cluster;
  if (!cluster?.server) throw new ConfigurationError(`The kubeconfig (${origin}) has no cluster "${context.cluster}" with a server`);
  const user = file.users?.find((entry) => entry.name === context.user)?.user;
  if (context.user && user === undefined) throw new ConfigurationError(`The kubeconfig (${origin}) has no user "${context.user}"`);
  check(cluster, user ?? {}, origin, env);
  return {
    name,
    clusterName: context.cluster ?? '',
    cluster: { ...cluster, server: cluster.server },
    user: user ?? {},
    namespace: context.namespace || undefined,
  };
}

function check(cluster: ClusterEntry, user: UserEntry, origin: string, env: Environment): void {
  if (!/^https?:\/\//.test(cluster.server ?? '')) {
    throw new ConfigurationError(`The kubeconfig (${origin}) names the server "${cluster.server}", which is not an https address`);
  }
  const url = URL.parse(cluster.server ?? '');
  if (url?.protocol === 'http:' && hasCredentials(user) && !isPlainAllowed(url.host, env)) {
    throw new ConfigurationError(`The kubeconfig (${origin}) names ${url.origin}: its credentials would go there unencrypted`, {
      hint: `Use the https address. If the network in between is your own, name it at the step: env: {${PLAIN_HTTP}: ${url.host}}`,
    });
  }
  if (cluster['proxy-url']) parseProxy(cluster['proxy-url'], `proxy-url of the kubeconfig (${origin})`);
  if (user['auth-provider']) {
    throw new ConfigurationError(`The kubeconfig (${origin}) uses auth-provider, which Kubernetes has removed`, {
      hint: 'use an exec plugin or a token',
    });
  }
}

const hasCredentials = ({ token, tokenFile, username, password, exec }: UserEntry): boolean =>
  [token, tokenFile, username, password, exec].some(Boolean);

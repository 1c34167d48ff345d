import { ConfigurationError } from '../../interfaces/errors.ts';
import type { Helm } from '../../interfaces/helm.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { dropped } from '../../tools/environment/allow.ts';
import { helperVariables } from '../../tools/environment/logins.ts';
import { HelmCli } from '../../tools/helm/cli.ts';
import { HELM_VARIABLES } from '../../tools/helm/environment.ts';
import { findHelm } from '../../tools/helm/find.ts';
import { KubernetesClient } from '../../tools/kubernetes/client.ts';
import { actingAs, type ClusterAccess, classify, loadKubeconfig, noKubeconfig } from '../../tools/kubernetes/load.ts';
import { NodeProcessRunner } from '../../tools/process.ts';
import { registryAt } from '../../tools/registries/registries.ts';
import { readDigitalOceanToken } from './digitalocean.ts';
import { type DigitalOceanCluster, digitalOceanAccess } from './digitalocean-cluster.ts';
import { Paths } from './paths.ts';
import { providerContext } from './registries.ts';

/** The inputs that lead to a cluster: the same in every action. */
export interface ClusterInputs {
  /** A DigitalOcean cluster; then the kubeconfig comes from its API. */
  digitalOcean: DigitalOceanCluster | undefined;
  /** '' for none. Of use without a DigitalOcean cluster too: for the registry. */
  digitalOceanToken: string;
  /** Content, base64 or path; empty: what the runner has. */
  kubeconfig: string;
  context: string | undefined;
  /** User to act as: `system:serviceaccount:<namespace>:<name>`. */
  as: string | undefined;
  namespace: string;
}

export const CLUSTER = /^[A-Za-z0-9][\w.-]{0,254}$/;
export const NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** How long access to a DigitalOcean cluster lasts where an action does not say how long it may need. */
const LIFETIME_MS = 3_600_000;

/**
 * Reads them. `namespace` is the fallback where none is named, usually the release; `lifetimeMs` the longest that the action may take. Throws
 * ConfigurationError.
 */
export function readClusterInputs(
  context: Pick<ActionContext, 'inputs' | 'variables' | 'mask' | 'env'>,
  namespace: string,
  lifetimeMs = LIFETIME_MS,
): ClusterInputs {
  const { inputs } = context;
  // A token is masked even where it is of no use.
  const token = readDigitalOceanToken(context);
  const cluster = inputs.string('cluster', { pattern: CLUSTER, describe: 'name or id of a DigitalOcean Kubernetes cluster' });
  const account = inputs.string('service-account', {
    pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/,
    describe: 'namespace/name',
  });
  if (cluster !== '') requireAlone(inputs, cluster, token);
  return {
    digitalOcean: cluster === '' ? undefined : { cluster, token, serviceAccount: account, lifetimeMs: Math.max(LIFETIME_MS, lifetimeMs) },
    digitalOceanToken: token,
    kubeconfig: readKubeconfig(context, cluster !== ''),
    context: inputs.optional('context'),
    as: account === '' ? undefined : `system:serviceaccount:${account.replace('/', ':')}`,
    namespace: inputs.string('namespace', { default: namespace, pattern: NAME, describe: 'a Kubernetes name such as todo' }),
  };
}

/** The word for what the machine has, and the default in action.yml: so that one that is given and empty can be told from one that is not given. */
const RUNNERS_OWN = 'runner';

function readKubeconfig({ inputs, env, mask }: Pick<ActionContext, 'inputs' | 'env' | 'mask'>, otherwise: boolean): string {
  const given = inputs.string('kubeconfig', { pattern: /^/ });
  // Not quoted: it may be a key.
  if (given.startsWith('-')) {
    throw new ConfigurationError('Input "kubeconfig" begins with "-" (allowed: a kubeconfig, its base64, or a path)');
  }
  if (given === '' && inputs.isGiven('kubeconfig') && !otherwise) {
    throw new ConfigurationError('Input "kubeconfig" is given, but empty', {
      hint: `Is the secret set, and may this event read it (a pull request from a fork gets none)? Leave the input out, or write ${RUNNERS_OWN}, for what the runner itself has: KUBECONFIG, ~/.kube/config, or the ServiceAccount of its pod.`,
    });
  }
  if (given === '' || given === RUNNERS_OWN) return '';
  if (classify(given) !== 'path') return given;
  try {
    return new Paths(env).anywhere(given, 'Input "kubeconfig" names');
  } catch (error) {
    // What cannot be a path, such as a long token, is not repeated either.
    throw error instanceof ConfigurationError ? error : noKubeconfig(given, mask);
  }
}

function requireAlone(inputs: ActionContext['inputs'], cluster: string, token: string): void {
  for (const other of ['kubeconfig', 'context']) {
    if (['', RUNNERS_OWN].includes(inputs.string(other, { pattern: /^/ }))) continue;
    throw new ConfigurationError(`Inputs "cluster" and "${other}" are both set`, { hint: 'leave one of them out' });
  }
  if (token !== '') return;
  throw new ConfigurationError(`Input "cluster" is "${cluster}", but there is no DigitalOcean token`, {
    hint: 'set env DIGITALOCEAN_ACCESS_TOKEN of the job, or the input "digitalocean-token". On a pull request from a fork there are no secrets',
  });
}

export interface ClusterTools {
  /** Address of the API server, for people. */
  server: string;
  kubernetes: KubernetesClient;
  runner: NodeProcessRunner;
  /** Finds Helm (else fetches it) at the first call. */
  helm(): Promise<Helm>;
  /** Finds it when something needs the program itself. */
  lazyHelm(): Helm;
  /** The same cluster by way of another namespace, as long as `body` runs. */
  inNamespace<T>(namespace: string, body: (tools: { kubernetes: KubernetesClient; helm: Helm }) => Promise<T>): Promise<T>;
  /** Closes idle connections. */
  close(): Promise<void>;
}

/** Long enough to read a chart. */
const CHART_MS = 3_600_000;

/** The cluster's client, and Helm on the same cluster and as the same user. A token opens GitHub's registry where a chart lies there. */
export async function connectCluster(
  context: ActionContext,
  wanted: ClusterInputs,
  { githubToken }: { githubToken?: string } = {},
): Promise<ClusterTools> {
  const { processes, secrets, temp, variables, mask, log } = context;
  const runner = new NodeProcessRunner({ onStart: processes.started, onEnd: processes.ended, redact: secrets.redact });
  const access = await accessTo(context, wanted);
  if (access.selected.cluster['insecure-skip-tls-verify'] === true) {
    log.warning(
      `The kubeconfig says insecure-skip-tls-verify: whoever is between this runner and ${access.server} can read its token and answer in its place. Put certificate-authority-data there instead.`,
    );
  }
  const clientIn = (namespace: string) => new KubernetesClient(access, { namespace, runner, mask, onHiccup: (line) => log.info(line) });
  const kubernetes = clientIn(wanted.namespace);
  const find = () => {
    const unused = dropped(variables, 'HELM_', HELM_VARIABLES);
    if (unused.length > 0) log.info(`Helm does not get ${unused.join(', ')}: only the inputs decide what is deployed, and where to`);
    return findHelm({ runner, log, files: temp, env: variables });
  };
  const helmOf = (client: KubernetesClient, namespace: string, helmPath: string | (() => Promise<string>)): Helm =>
    context.helm?.(client) ??
    new HelmCli({
      runner,
      helmPath,
      logins: helperVariables(variables),
      loginFor: (repository) =>
        registryAt(repository, providerContext(context, { ...wanted, githubToken: githubToken ?? '' })).login(CHART_MS),
      kubernetes: client,
      relay: client.relay,
      files: temp,
      namespace,
    });
  const helm = (helmPath: string | (() => Promise<string>)) => helmOf(kubernetes, wanted.namespace, helmPath);
  return {
    server: access.server,
    kubernetes,
    runner,
    helm: async () => helm(context.helm ? '' : await find()),
    lazyHelm: () => helm(find),
    inNamespace: async (namespace, body) => {
      const client = clientIn(namespace);
      try {
        return await body({ kubernetes: client, helm: helmOf(client, namespace, find) });
      } finally {
        await client.close();
      }
    },
    close: () => kubernetes.close(),
  };
}

/** As the ServiceAccount where one is named: at DigitalOcean by a token of its own, else impersonated. */
async function accessTo(context: ActionContext, { digitalOcean, kubeconfig, as, ...wanted }: ClusterInputs): Promise<ClusterAccess> {
  if (digitalOcean) return await digitalOceanAccess(context, digitalOcean);
  const access = loadKubeconfig({ input: kubeconfig || undefined, context: wanted.context, env: context.variables, mask: context.mask });
  return as === undefined ? access : actingAs(access, as);
}

import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { HttpError } from '../../interfaces/errors.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { clusterKubeconfig, findCluster } from '../../tools/digitalocean/clusters.ts';
import { firewallError, publicAddress } from '../../tools/digitalocean/firewall.ts';
import type { Cluster } from '../../tools/digitalocean/model.ts';
import { KubernetesClient } from '../../tools/kubernetes/client.ts';
import { type ClusterAccess, loadKubeconfig } from '../../tools/kubernetes/load.ts';
import { accessAs } from '../../tools/kubernetes/service-account.ts';
import { digitalOceanApi } from './digitalocean.ts';

export interface DigitalOceanCluster {
  /** Name or id. */
  cluster: string;
  token: string;
  /** `namespace/name`: only a token of this ServiceAccount is kept. */
  serviceAccount: string;
  /** How long the access has to last, ms. */
  lifetimeMs: number;
}

/** What the main step leaves for its post step. */
interface Kept {
  cluster: string;
  serviceAccount: string;
  /** A private file, removed at the end of the post step. */
  path: string;
  /** ms since the epoch. */
  until: number;
}

const STATE = 'digitalOceanKubeconfig';
/** The administrator's token is only asked for one more token with it. */
const SHORT_S = 600;
const SPARE_MS = 60_000;

/**
 * Access to a DigitalOcean cluster by a token that ends by itself, kept for the post step. The API server is asked once: an error says here, and
 * not in the middle of something, that its firewall is closed. Throws ConfigurationError, HttpError.
 */
export async function digitalOceanAccess(context: ActionContext, wanted: DigitalOceanCluster): Promise<ClusterAccess> {
  const { mask, state, temp, log, clock } = context;
  const kept = state.getJson<Kept>(STATE);
  const same = kept?.cluster === wanted.cluster && kept.serviceAccount === wanted.serviceAccount;
  if (kept && same && kept.until - SPARE_MS > clock.now() && existsSync(kept.path)) return loadKubeconfig({ path: kept.path, mask });

  const api = digitalOceanApi(context, wanted.token);
  const cluster = await findCluster(api, wanted.cluster);
  const seconds = Math.ceil(wanted.lifetimeMs / 1000);
  const content = await clusterKubeconfig(api, cluster, wanted.serviceAccount === '' ? seconds : SHORT_S);
  const admin = loadKubeconfig({ content, mask });
  const { access, until } = await requireReachable(cluster, () => asServiceAccount(context, admin, wanted, seconds));
  const as = wanted.serviceAccount === '' ? '' : ` as the ServiceAccount ${wanted.serviceAccount}`;
  log.info(`Cluster ${cluster.name} (${cluster.region}) by a token of DigitalOcean${as}`);
  const path = access.kubeconfigFile(temp);
  state.saveJson(STATE, { cluster: wanted.cluster, serviceAccount: wanted.serviceAccount, path, until } satisfies Kept);
  return access;
}

/** As the ServiceAccount where one is named; the API server has answered. */
async function asServiceAccount(
  { mask, clock }: ActionContext,
  admin: ClusterAccess,
  { serviceAccount }: DigitalOceanCluster,
  seconds: number,
): Promise<{ access: ClusterAccess; until: number }> {
  if (serviceAccount !== '') {
    const [namespace = '', name = ''] = serviceAccount.split('/');
    return await accessAs(admin, { namespace, name }, seconds, { mask });
  }
  const client = new KubernetesClient(admin, { mask });
  try {
    await client.serverVersion();
  } finally {
    await client.close();
  }
  return { access: admin, until: clock.now() + seconds * 1000 };
}

async function requireReachable<T>(cluster: Cluster, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof HttpError ? (firewallError(cluster, error, publicAddress(networkInterfaces())) ?? error) : error;
  }
}

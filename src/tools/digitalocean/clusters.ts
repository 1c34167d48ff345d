import { ConfigurationError, HttpError } from '../../interfaces/errors.ts';
import type { DigitalOceanApi } from './api.ts';
import type { Cluster, LoadBalancer } from './model.ts';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SHOWN = 20;
/** States in which there is no API server to talk to. */
const UNREACHABLE = ['provisioning', 'deleting', 'deleted'];

/** The cluster of that name or id. Throws ConfigurationError where there is none, more than one, or one that cannot be used. */
export async function findCluster(api: DigitalOceanApi, nameOrId: string): Promise<Cluster> {
  const cluster = ID.test(nameOrId) ? await byId(api, nameOrId) : await byName(api, nameOrId);
  const state = cluster.status?.state ?? 'running';
  if (!UNREACHABLE.includes(state)) return cluster;
  throw new ConfigurationError(`The cluster ${cluster.name} is ${state}`, {
    hint: state === 'provisioning' ? 'run the job again when it is running' : 'name another one with the input "cluster"',
  });
}

async function byId(api: DigitalOceanApi, id: string): Promise<Cluster> {
  try {
    const response = await api.json<{ kubernetes_cluster: Cluster }>('cluster', { path: [id], what: `the cluster ${id}` });
    return response.kubernetes_cluster;
  } catch (error) {
    if (!(error instanceof HttpError) || error.status !== 404) throw error;
    throw new ConfigurationError(`Input "cluster" is "${id}": there is no Kubernetes cluster with this id in the token's team`, {
      hint: 'doctl kubernetes cluster list',
      cause: error,
    });
  }
}

async function byName(api: DigitalOceanApi, name: string): Promise<Cluster> {
  const all = await api.pages<Cluster>('clusters', 'kubernetes_clusters', { what: 'the Kubernetes clusters' });
  const [found, ...more] = all.filter((cluster) => cluster.name === name);
  if (found !== undefined && more.length === 0) return found;
  const list = (clusters: readonly Cluster[]): string =>
    `${clusters
      .slice(0, SHOWN)
      .map(({ name: own, id, region }) => `${own} (${region}, ${id})`)
      .join(', ')}${clusters.length > SHOWN ? `, and ${clusters.length - SHOWN} more` : ''}`;
  if (found !== undefined) {
    throw new ConfigurationError(
      `Input "cluster" is "${name}", and ${more.length + 1} clusters have this name: ${list([found, ...more])}`,
      {
        hint: 'name it by its id',
      },
    );
  }
  throw new ConfigurationError(
    `Input "cluster" is "${name}": no Kubernetes cluster of the token's team has this name; ${all.length === 0 ? 'it has none' : `it has ${list(all)}`}`,
    { hint: 'is the token of the right team?' },
  );
}

/**
 * A kubeconfig (YAML) with a token that ends after `expirySeconds`. Always of type `token`: clusters under single sign-on would answer with one
 * that needs doctl and a browser.
 */
export async function clusterKubeconfig(api: DigitalOceanApi, cluster: Cluster, expirySeconds: number): Promise<string> {
  const what = `a kubeconfig of the cluster ${cluster.name}`;
  const text = await api.text('kubeconfig', { path: [cluster.id], query: { type: 'token', expiry_seconds: expirySeconds }, what });
  if (/^[ \t]*"?clusters"?:/m.test(text)) return text;
  throw new HttpError(`DigitalOcean answered something else when asked for ${what}`, {
    status: 200,
    code: 'NotKubeconfig',
    hint: 'is there a proxy between this runner and the API? See https://status.digitalocean.com',
  });
}

/** The load balancers that the cluster's Services made. */
export async function clusterLoadBalancers(api: DigitalOceanApi, cluster: Cluster): Promise<LoadBalancer[]> {
  const what = `the load balancers of the cluster ${cluster.name}`;
  const own = await api.json<{ load_balancers?: { id: string; name: string }[] | null }>('clusterResources', { path: [cluster.id], what });
  const ids = new Set((own.load_balancers ?? []).map(({ id }) => id));
  if (ids.size === 0) return [];
  const all = await api.pages<LoadBalancer>('loadBalancers', 'load_balancers', { what });
  return all.filter(({ id }) => ids.has(id));
}

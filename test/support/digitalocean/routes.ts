import type { Operation } from '../openapi.ts';
import { collection, type World } from './world.ts';

export interface Answer {
  status: number;
  /** An object is sent as JSON, a text as YAML. */
  body: object | string | undefined;
}

const ok = (body: object | string): Answer => ({ status: 200, body });
export const failure = (status: number, id: string, message: string): Answer => ({
  status,
  body: { id, message, request_id: '4d9d8375-3c56-4925-a3e7-eb137fed17e9' },
});
const notFound = (): Answer => failure(404, 'not_found', 'The resource you requested could not be found.');

type Route = (world: World, operation: Operation, base: string) => Answer;

/** What DigitalOcean does, as far as we use it. */
export const ROUTES: Readonly<Record<string, Route>> = {
  'GET /v2/kubernetes/clusters': (world, operation, base) => page('kubernetes_clusters', world.clusters, operation, base),
  'GET /v2/kubernetes/clusters/{cluster_id}': (world, { parameters }) => {
    const found = world.clusters.find(({ id }) => id === parameters.cluster_id);
    return found ? ok({ kubernetes_cluster: found }) : notFound();
  },
  'GET /v2/kubernetes/clusters/{cluster_id}/kubeconfig': (world, { parameters, query }) => {
    const found = world.kubeconfigs[parameters.cluster_id ?? ''];
    if (!found) return notFound();
    // What a cluster under single sign-on answers to everybody who does not ask for a token.
    return ok(query.get('type') === 'token' ? found : 'apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\n');
  },
  'GET /v2/kubernetes/clusters/{cluster_id}/destroy_with_associated_resources': (world, { parameters }) =>
    ok({ load_balancers: world.loadBalancersOf[parameters.cluster_id ?? ''] ?? [], volumes: [], volume_snapshots: [] }),
  'GET /v2/load_balancers': (world, operation, base) => page('load_balancers', world.loadBalancers, operation, base),
  'GET /v2/sizes': (world, operation, base) => page('sizes', world.sizes, operation, base),
  'GET /v2/registries/subscription': (world) => ok({ subscription: { tier: world.tier } }),
  'GET /v2/registries/{registry_name}/docker-credentials': (world, { parameters, query }) => {
    const registry = world.registries[parameters.registry_name ?? ''];
    if (!registry) return notFound();
    const login = query.get('read_write') === 'true' ? registry.write : registry.read;
    return ok({ auths: { [world.registryHost]: { auth: Buffer.from(login).toString('base64') } } });
  },
  'GET /v2/registries/{registry_name}/garbage-collection': (world, { parameters }) => {
    const collections = world.registries[parameters.registry_name ?? '']?.collections ?? [];
    const found = collections.length > 1 ? collections.shift() : collections[0];
    return found ? ok({ garbage_collection: found }) : notFound();
  },
  'GET /v2/registries/{registry_name}/repositoriesV2': (world, operation, base) => {
    const registry = operation.parameters.registry_name ?? '';
    const repositories = Object.entries(world.registries[registry]?.repositories ?? {});
    const rows = repositories.map(([name, tags]) => ({
      registry_name: registry,
      name,
      tag_count: tags.length,
      manifest_count: tags.length,
    }));
    return page('repositories', rows, operation, base);
  },
  'GET /v2/registries/{registry_name}/repositories/{repository_name}/tags': (world, operation, base) => {
    const { registry_name, repository_name } = operation.parameters;
    const tags = world.registries[registry_name ?? '']?.repositories[repository_name ?? ''];
    return tags ? page('tags', tags, operation, base) : notFound();
  },
  'DELETE /v2/registries/{registry_name}/repositories/{repository_name}/tags/{repository_tag}': (world, { parameters }) => {
    const registry = world.registries[parameters.registry_name ?? ''];
    const repository = parameters.repository_name ?? '';
    const left = (registry?.repositories[repository] ?? []).filter((one) => !('tag' in one && one.tag === parameters.repository_tag));
    if (registry) registry.repositories[repository] = left;
    return { status: 204, body: undefined };
  },
  'DELETE /v2/registries/{registry_name}/repositories/{repository_name}/digests/{manifest_digest}': (world, { parameters }) => {
    const registry = world.registries[parameters.registry_name ?? ''];
    return registry?.repositories[parameters.repository_name ?? ''] ? { status: 204, body: undefined } : notFound();
  },
  'POST /v2/registries/{registry_name}/garbage-collection': (world, { parameters }) => {
    const registry = world.registries[parameters.registry_name ?? ''];
    if (!registry) return notFound();
    registry.collections = [collection('requested')];
    return { status: 201, body: { garbage_collection: registry.collections[0] } };
  },
};

/** Some of a list, and where the rest is. */
function page(field: string, all: readonly object[], { path, parameters, query }: Operation, base: string): Answer {
  const size = Number(query.get('per_page') ?? 20);
  const number = Number(query.get('page') ?? 1);
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parameters[name] ?? ''));
  const link = (to: number): string => `${base}${filled}?page=${to}&per_page=${size}`;
  const last = Math.max(1, Math.ceil(all.length / size));
  return ok({
    [field]: all.slice((number - 1) * size, number * size),
    links: number < last ? { pages: { next: link(number + 1), last: link(last) } } : {},
    meta: { total: all.length },
  });
}

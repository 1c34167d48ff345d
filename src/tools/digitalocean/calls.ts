/** Every call that we make, with the token scopes that DigitalOcean's API description asks for. A test holds the list to that description. */
export const CALLS = {
  clusters: { method: 'GET', path: '/v2/kubernetes/clusters', scopes: ['kubernetes:read'] },
  cluster: { method: 'GET', path: '/v2/kubernetes/clusters/{cluster_id}', scopes: ['kubernetes:read'] },
  kubeconfig: { method: 'GET', path: '/v2/kubernetes/clusters/{cluster_id}/kubeconfig', scopes: ['kubernetes:access_cluster'] },
  clusterResources: {
    method: 'GET',
    path: '/v2/kubernetes/clusters/{cluster_id}/destroy_with_associated_resources',
    scopes: ['kubernetes:read'],
  },
  loadBalancers: { method: 'GET', path: '/v2/load_balancers', scopes: ['load_balancer:read'] },
  sizes: { method: 'GET', path: '/v2/sizes', scopes: ['sizes:read', 'regions:read'] },
  dockerCredentials: {
    method: 'GET',
    path: '/v2/registries/{registry_name}/docker-credentials',
    scopes: ['registry:read', 'registry:update'],
  },
  garbageCollection: { method: 'GET', path: '/v2/registries/{registry_name}/garbage-collection', scopes: ['registry:read'] },
  collectGarbage: { method: 'POST', path: '/v2/registries/{registry_name}/garbage-collection', scopes: ['registry:update'] },
  subscription: { method: 'GET', path: '/v2/registries/subscription', scopes: ['registry:read'] },
  repositories: { method: 'GET', path: '/v2/registries/{registry_name}/repositoriesV2', scopes: ['registry:read'] },
  repositoryTags: {
    method: 'GET',
    path: '/v2/registries/{registry_name}/repositories/{repository_name}/tags',
    scopes: ['registry:read'],
  },
  deleteTag: {
    method: 'DELETE',
    path: '/v2/registries/{registry_name}/repositories/{repository_name}/tags/{repository_tag}',
    scopes: ['registry:delete'],
  },
  deleteManifest: {
    method: 'DELETE',
    path: '/v2/registries/{registry_name}/repositories/{repository_name}/digests/{manifest_digest}',
    scopes: ['registry:delete'],
  },
} as const;

export type Call = keyof typeof CALLS;

/** What the stand-in answers from; a test changes it as it likes. Fields are those of DigitalOcean's description. */
export interface World {
  clusters: (Record<string, unknown> & { id: string; name: string; node_pools: object[] })[];
  /** By cluster id; YAML. */
  kubeconfigs: Record<string, string>;
  /** By cluster id: ids and names. */
  loadBalancersOf: Record<string, { id: string; name: string }[]>;
  loadBalancers: object[];
  sizes: object[];
  registries: Record<string, Registry>;
  tier: object;
  /** Key in docker's configuration that the credentials are given under. */
  registryHost: string;
}

interface Registry {
  /** `username:password`. */
  read: string;
  write: string;
  /** What each question for the active garbage collection is answered; the last stays. undefined: none. */
  collections: (object | undefined)[];
  /** Tags by repository. */
  repositories: Record<string, object[]>;
}

export const CLUSTER_ID = 'bd5f5959-5e1e-4205-a714-a914373942af';
const LB_ID = '4de7ac8b-495b-4884-9a69-1050c6793cd6';

export const cluster = (more: Record<string, unknown> = {}) => ({
  id: CLUSTER_ID,
  name: 'acme-production',
  region: 'fra1',
  version: '1.36.3-do.0',
  endpoint: `https://${CLUSTER_ID}.k8s.ondigitalocean.com`,
  node_pools: [
    { id: 'cdda885e-7663-40c8-bc74-3a036c66545d', name: 'web', size: 's-2vcpu-4gb', count: 3, labels: null, taints: [], auto_scale: false },
    {
      id: 'f49f4379-7e7f-4af5-aeb6-0354bd840778',
      name: 'jobs',
      size: 's-1vcpu-2gb',
      count: 1,
      labels: null,
      taints: [],
      auto_scale: false,
    },
  ],
  status: { state: 'running' },
  ha: true,
  registry_enabled: false,
  control_plane_firewall: { enabled: false, allowed_addresses: [] as string[] },
  ...more,
});

export const size = (slug: string, price: number) => ({
  slug,
  memory: 4096,
  vcpus: 2,
  disk: 80,
  transfer: 4,
  price_monthly: price,
  price_hourly: price / 672,
  regions: ['fra1'],
  available: true,
  description: 'Basic',
});

export const tag = (repository: string, name: string) => ({
  registry_name: 'acme',
  repository,
  tag: name,
  manifest_digest: `sha256:${'a'.repeat(64)}`,
  compressed_size_bytes: 2803255,
  size_bytes: 5861888,
  updated_at: '2026-04-09T23:54:25Z',
});

export const collection = (status: string) => ({
  uuid: 'eff0feee-49c7-4e8f-ba5c-a320c109c8a8',
  registry_name: 'acme',
  status,
  created_at: '2026-10-30T21:03:24Z',
  updated_at: '2026-10-30T21:03:44Z',
  blobs_deleted: 0,
  freed_bytes: 0,
});

const balancer = (id: string, name: string, nodes: number) => ({
  id,
  name,
  ip: '104.131.186.241',
  size_unit: nodes,
  status: 'active',
  forwarding_rules: [{ entry_protocol: 'tcp', entry_port: 443, target_protocol: 'tcp', target_port: 30443 }],
});

/** A team with one cluster and one registry. */
export const world = (): World => ({
  clusters: [cluster()],
  kubeconfigs: {},
  loadBalancersOf: { [CLUSTER_ID]: [{ id: LB_ID, name: 'a1b2c3' }] },
  loadBalancers: [balancer(LB_ID, 'a1b2c3', 2), balancer('71c7d1b2-7d2d-4d2c-8d2a-1a2b3c4d5e6f', 'of-nobody', 1)],
  sizes: [size('s-1vcpu-2gb', 12), size('s-2vcpu-4gb', 24)],
  registries: {
    acme: {
      read: 'reader:read-word',
      write: 'writer:write-word',
      collections: [undefined],
      repositories: { 'todo-frontend': [], 'todo-backend': [] },
    },
  },
  tier: { name: 'Basic', slug: 'basic', included_repositories: 5, monthly_price_in_cents: 500 },
  registryHost: 'registry.digitalocean.com',
});

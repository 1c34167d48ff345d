/** DigitalOcean's API, the fields that we read. Everything may be missing: its description requires next to nothing. */
export interface Cluster {
  id: string;
  name: string;
  region: string;
  version?: string;
  /** Highly available control plane. */
  ha?: boolean;
  node_pools: NodePool[];
  status?: { state?: string; message?: string };
  control_plane_firewall?: ControlPlaneFirewall | null;
}

interface NodePool {
  name: string;
  /** Slug of a Droplet size. */
  size: string;
  count: number;
}

interface ControlPlaneFirewall {
  enabled?: boolean;
  /** IPv4 addresses or CIDRs. */
  allowed_addresses?: string[];
}

export interface LoadBalancer {
  id: string;
  name: string;
  /** Nodes of the load balancer: what is paid for. */
  size_unit?: number;
}

export interface Size {
  slug: string;
  /** US dollars. */
  price_monthly: number;
}

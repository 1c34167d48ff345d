import { homedir } from 'node:os';
import { join } from 'node:path';

/** One Kubernetes node: a network namespace of its own, an address on the bridge, and a range of pod addresses. */
export interface ClusterNode {
  name: string;
  /** Name of its network namespace, its cgroup and its folder of state. */
  space: string;
  /** Host side of its link to the bridge. */
  link: string;
  ip: string;
  podRange: string;
}

export const NODES: readonly [ClusterNode, ClusterNode] = [
  { name: 'node1', space: 'td-node1', link: 'tdv1', ip: '10.245.0.11', podRange: '10.244.1.0/24' },
  { name: 'node2', space: 'td-node2', link: 'tdv2', ip: '10.245.0.12', podRange: '10.244.2.0/24' },
];

export const BRIDGE = 'tdbr0';
export const HOST_IP = '10.245.0.1';
export const POD_RANGE = '10.244.0.0/16';
export const SERVICE_RANGE = '10.96.0.0/16';
export const SERVICE_IP = '10.96.0.1';
export const DNS_IP = '10.96.0.10';
export const API_SERVER = `https://${NODES[0].ip}:6443`;
export const REGISTRY = `${HOST_IP}:5000`;
export const CONTEXT = 'todo-deploy';
/** Extra host addresses to send load from: one address alone runs out of ports at some thousand connections a second. */
export const LOAD_SOURCES: readonly string[] = Array.from({ length: 32 }, (_, i) => `10.245.1.${i + 1}`);

/** Folder of everything kept between runs; outside the repository. */
export const CACHE = process.env.TODO_DEPLOY_CACHE || join(homedir(), '.cache/todo-deploy');
/** State of the running cluster; `down --purge` removes it. */
export const RUN = join(CACHE, 'run');

export const PATHS = {
  bin: join(RUN, 'bin'),
  etc: join(RUN, 'etc'),
  log: join(RUN, 'log'),
  pid: join(RUN, 'pid'),
  pki: join(RUN, 'pki'),
  docker: join(RUN, 'docker'),
  kubeconfig: join(RUN, 'kubeconfig'),
  etcd: join(RUN, 'etcd'),
  registry: join(RUN, 'registry'),
  buildkit: join(RUN, 'buildkit'),
  trivy: join(RUN, 'trivy'),
  hostBefore: join(RUN, 'host-before.json'),
  caFile: join(RUN, 'pki/ca.crt'),
  caBundle: join(RUN, 'pki/bundle.crt'),
} as const;

/** Where a node keeps what must outlive its processes: images, volumes, pod logs. */
export function nodeDir(node: ClusterNode): string {
  return join(RUN, node.name);
}

import { inBlock } from '../../../interfaces/ip-block.ts';
import type { NetworkPolicy, Pod } from '../../../interfaces/objects.ts';
import { matchesSelector } from '../../../split/sort/selectors.ts';

type Spec = NonNullable<NetworkPolicy['spec']>;
type Peer = NonNullable<NonNullable<Spec['egress']>[number]['to']>[number];
type Port = NonNullable<NonNullable<Spec['egress']>[number]['ports']>[number];
type LabelSelector = Spec['podSelector'];

/** The other end of a connection: a pod, or an address outside. */
export interface End {
  pod?: Pod | undefined;
  address?: string | undefined;
  /** Of the pod, not of its Service. */
  port: number;
  protocol?: 'TCP' | 'UDP';
}

/**
 * Pure: the policies of a namespace that let no connection pass from a pod to another end; empty where it passes, or where it cannot be
 * told. Pods of other namespaces are not known here: a peer by `namespaceSelector` counts as one that lets pass.
 */
export function blocking(policies: readonly NetworkPolicy[], from: Pod, to: End): string[] {
  const out = policies.filter((policy) => isFor(policy, 'Egress') && selectsPod(policy.spec?.podSelector, from));
  if (out.length > 0 && !out.some((policy) => policy.spec?.egress?.some((rule) => passes(rule.to, rule.ports, to)))) {
    return out.map(({ metadata }) => `NetworkPolicy/${metadata.name} (egress of pod ${from.metadata.name})`);
  }
  const { pod } = to;
  if (!pod) return [];
  const into = policies.filter((policy) => isFor(policy, 'Ingress') && selectsPod(policy.spec?.podSelector, pod));
  const source = { pod: from, address: from.status?.podIP, port: to.port };
  if (
    into.length > 0 &&
    !into.some((policy) => policy.spec?.ingress?.some((rule) => passes(rule.from, rule.ports, { ...to, ...source, pod: from }, pod)))
  ) {
    return into.map(({ metadata }) => `NetworkPolicy/${metadata.name} (ingress of pod ${pod.metadata.name})`);
  }
  return [];
}

/** Without types a policy is for ingress, and for egress where it has rules of it. */
function isFor({ spec }: NetworkPolicy, type: 'Egress' | 'Ingress'): boolean {
  const types = spec?.policyTypes ?? [];
  return types.length > 0 ? types.includes(type) : type === 'Ingress' || spec?.egress !== undefined;
}

/** `end` is who is asked for; `listener` the pod whose named ports count. */
function passes(peers: Peer[] | undefined, ports: Port[] | undefined, end: End, listener = end.pod): boolean {
  const portOk = !ports || ports.length === 0 || ports.some((port) => portMatches(port, end, listener));
  return portOk && (!peers || peers.length === 0 || peers.some((peer) => peerMatches(peer, end)));
}

function portMatches({ port, endPort, protocol = 'TCP' }: Port, end: End, listener: Pod | undefined): boolean {
  if (protocol !== (end.protocol ?? 'TCP')) return false;
  if (port === undefined) return true;
  if (typeof port === 'number') return endPort === undefined ? port === end.port : end.port >= port && end.port <= endPort;
  // A name that nobody here knows may be the right one.
  if (!listener) return true;
  return (listener.spec?.containers ?? []).some((one) =>
    one.ports?.some(({ name, containerPort }) => name === port && containerPort === end.port),
  );
}

function peerMatches({ ipBlock, namespaceSelector, podSelector }: Peer, { pod, address }: End): boolean {
  if (ipBlock) {
    const of = address ?? pod?.status?.podIP;
    if (of === undefined) return true;
    return inBlock(of, ipBlock.cidr) !== false && !ipBlock.except?.some((block) => inBlock(of, block) === true);
  }
  if (namespaceSelector) return true;
  return pod !== undefined && selectsPod(podSelector, pod);
}

/** Without a selector a policy, as a peer, means all pods. */
const selectsPod = (selector: LabelSelector | undefined, { metadata: { labels = {} } }: Pod): boolean =>
  matchesSelector(selector ?? {}, labels);

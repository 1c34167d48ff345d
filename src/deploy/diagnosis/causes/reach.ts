import { distance } from '../../../interfaces/closest.ts';
import type { NetworkPolicy, Pod, Service } from '../../../interfaces/objects.ts';
import type { Reason } from '../../../interfaces/reasons.ts';
import { selects } from '../../kube/names.ts';
import { isReady } from '../../kube/pods.ts';
import { targetPort } from '../../kube/service-ports.ts';
import { type ContainerStatus, endOf } from './container.ts';
import type { Said } from './log.ts';
import { blocking } from './policies.ts';

/** What is known of a namespace. */
export interface Surroundings {
  namespace: string;
  services: readonly Service[];
  pods: readonly Pod[];
  /** undefined where the account may not list them. */
  policies: readonly NetworkPolicy[] | undefined;
}

/** Why something is not reached. */
export interface Unreached {
  reason: Reason;
  /** Ends the sentence "Container … of …". */
  text: string;
  hint?: string | undefined;
  /** It is there and may yet become ready. */
  pending?: boolean;
}

const DNS_PORT = 53;
const CLOSE = 2;

/** Pure: why a pod does not reach what its log names, by what is in its namespace. */
export function whyUnreached(said: Said, from: Pod | undefined, around: Surroundings): Unreached {
  if (said.what === 'login') return { reason: 'login-refused', text: `is refused the login: ${said.line}` };
  if (said.what === 'name') return nameNotFound(said, from, around);
  const service = serviceOf(said.host, around);
  const target = service ? `Service ${service.metadata.name}` : (said.host ?? 'what it needs');
  const port = said.port === undefined ? '' : `, port ${said.port}`;
  const text = `does not reach ${target}${port}: ${said.line}`;
  if (!service) return outside(said, text, from, around);
  const behind = around.pods.filter((pod) => selects(service.spec?.selector, pod.metadata.labels));
  const empty = selectsNothing(service, behind, around.pods);
  if (empty) return { reason: 'service-selects-nothing', text: `${text}; ${empty.text}`, hint: empty.hint };
  const wanted = portOf(service, said.port);
  if (wanted === 'none') {
    const ports = service.spec?.ports?.map((one) => one.port).join(', ');
    return { reason: 'unreachable', text, hint: `The Service ${service.metadata.name} has no port ${said.port}: it has ${ports}.` };
  }
  for (const pod of from ? behind : []) {
    const blocked = from ? blocking(around.policies ?? [], from, { pod, address: pod.status?.podIP, port: podPort(wanted, pod) }) : [];
    if (blocked.length > 0) return { reason: 'connection-blocked', text: `${text}; ${notLetThrough(blocked)}` };
  }
  if (behind.some((pod) => isReady(pod) && from && cameAfter(pod, from))) return { reason: 'unreachable', text, pending: true };
  if (behind.length > 0 && !behind.some(isReady)) {
    return {
      reason: 'unreachable',
      text,
      hint: `No pod behind Service ${service.metadata.name} is ready: kubectl get pods`,
      pending: true,
    };
  }
  return { reason: 'unreachable', text, hint: around.policies ? undefined : POLICIES_UNKNOWN };
}

/** Endpoints follow a pod's readiness within that time. */
const FOLLOW_MS = 3_000;

/** Whether a pod became ready when the other one's containers had ended already, or as good as: their next try is the first that counts. */
function cameAfter(pod: Pod, from: Pod): boolean {
  const ready = Date.parse(pod.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? '');
  const statuses: ContainerStatus[] = [...(from.status?.initContainerStatuses ?? []), ...(from.status?.containerStatuses ?? [])];
  const ends = statuses.map((status) => Date.parse(endOf(status)?.finishedAt ?? '')).filter((at) => !Number.isNaN(at));
  return ends.length > 0 && ready + FOLLOW_MS >= Math.max(...ends);
}

const POLICIES_UNKNOWN =
  'Does it listen on that port? Whether a NetworkPolicy blocks it is not known: this account may not list networkpolicies.';

/** Pure: what a Service that selects no pod asks for, beside the pods that come nearest; undefined where it selects some. */
function selectsNothing(service: Service, behind: readonly Pod[], pods: readonly Pod[]): { text: string; hint: string } | undefined {
  const selector = Object.entries(service.spec?.selector ?? {});
  if (selector.length === 0 || behind.length > 0) return undefined;
  const text = `it selects no pod: ${selector.map(([key, value]) => `${key}=${value}`).join(', ')}`;
  const differing = (pod: Pod) => selector.filter(([key, value]) => pod.metadata.labels?.[key] !== value);
  // Those that have the label, with a value that looks like it.
  const apart = (pod: Pod) =>
    differing(pod).reduce((sum, [key, value]) => sum + distance(pod.metadata.labels?.[key] ?? '', value), 0) + differing(pod).length;
  const [near] = pods
    .filter((pod) => differing(pod).every(([key]) => pod.metadata.labels?.[key] !== undefined))
    .sort((a, b) => apart(a) - apart(b));
  const differs = near && differing(near)[0];
  const hint = differs
    ? `Pod ${near.metadata.name} has ${differs[0]}=${near.metadata.labels?.[differs[0]] ?? '(none)'}, and the Service asks for ${differs[0]}=${differs[1]}: make them the same.`
    : 'Give the Service a selector that the labels of its pods satisfy: kubectl get pods --show-labels';
  return { text, hint };
}

function nameNotFound({ host, line }: Said, from: Pod | undefined, { namespace, services, policies }: Surroundings): Unreached {
  const lookup = from && policies ? blocking(policies, from, { port: DNS_PORT, protocol: 'UDP' }) : [];
  if (lookup.length > 0) {
    return {
      reason: 'connection-blocked',
      text: `may not look names up: ${line}; ${notLetThrough(lookup)}`,
      hint: 'Let its pods reach the DNS of the cluster: egress to port 53, UDP and TCP.',
    };
  }
  if (host === undefined) return { reason: 'host-not-found', text: `does not find a name: ${line}` };
  const [name = host, where = namespace] = host.split('.');
  const inCluster = !host.includes('.') || /^[^.]+\.[^.]+(?:\.svc(?:\..+)?)?$/.test(host);
  const text = `does not find "${host}": ${line}`;
  const same = services.find(({ metadata }) => metadata.name === name && where === namespace);
  if (same) return { reason: 'host-not-found', text, hint: SERVICE_IS_THERE, pending: true };
  if (!inCluster) return { reason: 'host-not-found', text };
  const near = services.map(({ metadata }) => metadata.name).filter((one) => distance(one, name) <= CLOSE);
  const there = near.length > 0 ? near : services.map(({ metadata }) => metadata.name);
  const hint =
    near.length > 0
      ? `There is no Service "${name}" in namespace ${where}. Is ${near.map((one) => `"${one}"`).join(' or ')} meant?`
      : `There is no Service "${name}" in namespace ${where}. There are: ${there.slice(0, LISTED).join(', ') || 'none'}.`;
  return { reason: 'host-not-found', text, hint };
}

const LISTED = 8;
const SERVICE_IS_THERE =
  'A Service of that name is there. Is it headless and without a ready pod, or does the DNS of the cluster not answer?';

/** The Service that a host or an address of the cluster means. */
const serviceOf = (host: string | undefined, { services, namespace }: Surroundings): Service | undefined => {
  const [name, where = namespace, ...rest] = (host ?? '').split('.');
  const byName =
    rest.length === 0 || rest[0] === 'svc' ? services.find(({ metadata }) => metadata.name === name && where === namespace) : undefined;
  return byName ?? services.find(({ spec }) => host !== undefined && (spec?.clusterIP === host || spec?.clusterIPs?.includes(host)));
};

type ServicePort = NonNullable<NonNullable<Service['spec']>['ports']>[number];

function portOf({ spec }: Service, port: number | undefined): ServicePort | undefined | 'none' {
  const ports = spec?.ports ?? [];
  if (port === undefined) return ports[0];
  return ports.find((one) => one.port === port) ?? (spec?.clusterIP === 'None' ? undefined : 'none');
}

const podPort = (port: ServicePort | undefined, pod: Pod): number => (port && (targetPort(port, pod) ?? port.port)) ?? 0;

/** A pod by its own address, or something outside of the cluster. */
function outside({ host, port }: Said, text: string, from: Pod | undefined, { policies, pods }: Surroundings): Unreached {
  const pod = pods.find(({ status }) => host !== undefined && status?.podIP === host);
  const blocked = from && policies && port !== undefined ? blocking(policies, from, { pod, address: host, port }) : [];
  if (blocked.length > 0) return { reason: 'connection-blocked', text: `${text}; ${notLetThrough(blocked)}` };
  return { reason: 'unreachable', text, hint: policies ? undefined : POLICIES_UNKNOWN };
}

const notLetThrough = (policies: readonly string[]): string => `it is not let through by ${policies.join(' and ')}`;

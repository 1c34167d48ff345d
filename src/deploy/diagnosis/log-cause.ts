import type { KindRef, Kubernetes } from '../../interfaces/kubernetes.ts';
import type { NetworkPolicy, Pod } from '../../interfaces/objects.ts';
import type { Reason } from '../../interfaces/reasons.ts';
import { POD, SERVICE } from '../kube/names.ts';
import { type Cause, causeOf } from './causes/cause.ts';
import { formatError, type Said, unreachableIn } from './causes/log.ts';
import { type Surroundings, whyUnreached } from './causes/reach.ts';
import type { Failing } from './model.ts';

const LOG = { tailLines: 40, limitBytes: 16_384 };
const NETWORK_POLICY: KindRef<NetworkPolicy> = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' };

/** Causes that say that a program ended or waits, and not why: its log does. */
const ASKS_LOG: readonly Reason[] = [
  'crash-loop',
  'init-failed',
  'hook-failed',
  'init-waiting',
  'job-unfinished',
  'not-ready',
  'liveness-killed',
];
const ENDED: readonly Reason[] = ['crash-loop', 'init-failed', 'hook-failed'];
/** A program that goes on may have met it at its start alone: of its log the last lines count. */
const LAST_LINES = 5;

/** The cause of a failure; what the log of its container says of it, where it says something. */
export async function causeWithLog(failing: Failing, kubernetes: Kubernetes): Promise<Cause> {
  const { cause, pod, container } = failing;
  if (pod === undefined || container === undefined || !ASKS_LOG.includes(cause.reason)) return cause;
  // A log that cannot be read is no reason to fail in another way.
  const read = (previous: boolean) => kubernetes.logs({ name: pod }, { container, previous, ...LOG }).catch(() => '');
  const hasEnded = ENDED.includes(cause.reason);
  for (const log of [await read(false), hasEnded ? await read(true) : '']) {
    const said = unreachableIn(log, hasEnded ? undefined : LAST_LINES);
    const found = causeInLog(failing, log) ?? (await networkCause(failing, said, kubernetes));
    if (found) return found;
  }
  return cause;
}

const whereOf = ({ cause, workload, container }: Failing): string =>
  `${cause.reason.startsWith('init-') ? 'Init container' : 'Container'} "${container}" of ${workload}`;

/** Pure: a program that the node cannot run, by the last line of its log. */
export function causeInLog(failing: Failing, log: string): Cause | undefined {
  if (!ENDED.includes(failing.cause.reason)) return undefined;
  const last = formatError(log);
  return last === undefined ? undefined : causeOf('image-architecture', `${whereOf(failing)} cannot start: ${last}`, failing.cause.graceMs);
}

async function networkCause(failing: Failing, said: Said | undefined, kubernetes: Kubernetes): Promise<Cause | undefined> {
  if (!said) return undefined;
  const around = await surroundings(kubernetes).catch(() => undefined);
  // What cannot be looked at is not guessed at.
  if (!around) return undefined;
  const { reason, text, hint, pending } = whyUnreached(
    said,
    around.pods.find(({ metadata }) => metadata.name === failing.pod),
    around,
  );
  return { ...causeOf(reason, `${whereOf(failing)} ${text}`, failing.cause.graceMs, hint), pending };
}

/** What is in the namespace. A policy that may not be read is unknown, not absent. */
async function surroundings(kubernetes: Kubernetes): Promise<Surroundings> {
  const { namespace } = kubernetes;
  const right = { verb: 'list', group: 'networking.k8s.io', resource: 'networkpolicies', namespace };
  const [services, pods, denied] = await Promise.all([kubernetes.list(SERVICE), kubernetes.list<Pod>(POD), kubernetes.denied([right])]);
  const policies = denied.length > 0 ? undefined : (await kubernetes.list(NETWORK_POLICY)).items;
  return { namespace, services: services.items, pods: pods.items, policies };
}

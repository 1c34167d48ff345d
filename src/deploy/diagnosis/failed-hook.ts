import type { KindRef, Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Pod } from '../../interfaces/objects.ts';
import type { PlannedHook } from '../../split/model.ts';
import { EVENT, JOB, POD } from '../kube/names.ts';
import { type Cause, causeOf, GRACE } from './causes/cause.ts';
import type { ContainerStatus } from './causes/container.ts';
import { containerLines, eventLines, logEvidence } from './evidence.ts';
import type { Evidence } from './failure.ts';
import { causeWithLog } from './log-cause.ts';

/** How a failed hook ended. */
export interface HookEnd {
  /** In one line, e.g. `pod migrate-x7k2p, container "migrate", ended with exit code 1: no such table`; undefined where no pod is left. */
  why: string | undefined;
  /** Where its log says more than that it ended: the database refused the login, a name was not found … */
  cause?: Cause | undefined;
  evidence: Evidence[];
}

const WHY_LENGTH = 300;
const KINDS: Readonly<Record<string, KindRef>> = { [JOB.kind]: JOB, [POD.kind]: POD };

/**
 * Reads what the pods of failed hooks left: containers, last log lines, events. Then removes those hooks that their chart wants removed
 * when they fail: Helm does not do it, or there would be nothing to read.
 */
export async function readHookEnd(hooks: readonly PlannedHook[], kubernetes: Kubernetes): Promise<HookEnd> {
  const ends: HookEnd[] = [];
  for (const hook of hooks) {
    const pod = await failedPod(hook.object, kubernetes);
    if (pod) ends.push(await podEnd(hook.object, pod, kubernetes));
  }
  for (const hook of hooks.filter((one) => one.removeFailed)) await removeHook(hook.object, kubernetes);
  const told = ends.find((end) => end.why !== undefined);
  return { why: told?.why, cause: told?.cause, evidence: ends.flatMap((end) => end.evidence) };
}

/** The newest pod of a hook (a Job's, or the pod itself) that did not succeed. */
async function failedPod(hook: string, kubernetes: Kubernetes): Promise<Pod | undefined> {
  const [kind, name = ''] = hook.split('/');
  const pods =
    kind === JOB.kind
      ? (await kubernetes.list(POD, { labelSelector: `batch.kubernetes.io/job-name=${name}` })).items
      : kind === POD.kind
        ? [await kubernetes.get({ ...POD, name })].filter((pod) => pod !== undefined)
        : [];
  return pods
    .filter((pod) => pod.status?.phase !== 'Succeeded')
    .sort((a, b) => (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? ''))[0];
}

async function podEnd(hook: string, pod: Pod, kubernetes: Kubernetes): Promise<HookEnd> {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const started = statuses.filter((status) => status.state?.running ?? status.state?.terminated);
  const logs = (await Promise.all(started.map((status) => logEvidence(kubernetes, pod, status.name)))).flat();
  const { items: events } = await kubernetes.list(EVENT, { fieldSelector: `involvedObject.name=${pod.metadata.name}` });
  const about = eventLines(events, new Set([pod.metadata.uid ?? '']));
  const failed = statuses.find((status) => status.state?.terminated && status.state.terminated.exitCode !== 0);
  const lastLine = failed ? lastOf(await logEvidence(kubernetes, pod, failed.name)) : '';
  return {
    why: whyOf(pod, statuses, lastLine) ?? about.at(-1),
    cause: failed && (await causeInItsLog(hook, pod, failed.name, kubernetes)),
    evidence: [
      ...logs,
      { title: `${hook}: pod ${pod.metadata.name}`, text: containerLines(pod).join('\n') },
      ...(about.length > 0 ? [{ title: `Events of pod ${pod.metadata.name}`, text: about.join('\n') }] : []),
    ],
  };
}

async function causeInItsLog(hook: string, pod: Pod, container: string, kubernetes: Kubernetes): Promise<Cause | undefined> {
  const failed = causeOf('hook-failed', `The hook ${hook} failed`, GRACE.none);
  const found = await causeWithLog({ workload: `the hook ${hook}`, pod: pod.metadata.name, container, cause: failed }, kubernetes);
  return found === failed ? undefined : found;
}

const lastOf = (logs: readonly Evidence[]): string => logs[0]?.text.trim().split('\n').at(-1)?.trim() ?? '';

/** Pure: what a hook's pod says of its end, in one line; `lastLine` is the last one of its failed container's log. */
export function whyOf(pod: Pod, statuses: readonly ContainerStatus[], lastLine: string): string | undefined {
  const name = `pod ${pod.metadata.name}`;
  for (const { name: container, state } of statuses) {
    const where = `${name}, container "${container}",`;
    const ended = state?.terminated;
    if (ended && ended.exitCode !== 0) {
      const how = ended.reason === 'OOMKilled' ? 'ran out of memory' : `ended with exit code ${ended.exitCode}`;
      return withText(`${where} ${how}`, firstLine(ended.message) || lastLine);
    }
    const waiting = state?.waiting;
    if (waiting?.reason && waiting.reason !== 'PodInitializing' && waiting.reason !== 'ContainerCreating') {
      return withText(`${where} waits (${waiting.reason})`, firstLine(waiting.message));
    }
    if (state?.running) return `${where} was still running at the time limit`;
  }
  const unplaced = pod.status?.conditions?.find((one) => one.type === 'PodScheduled' && one.status === 'False');
  if (unplaced) return withText(`${name} found no node`, firstLine(unplaced.message));
  return pod.status?.reason ? withText(`${name} failed (${pod.status.reason})`, firstLine(pod.status.message)) : undefined;
}

const firstLine = (text: string | undefined): string => text?.trim().split('\n')[0] ?? '';
const withText = (what: string, text: string): string =>
  text ? `${what}: ${text.length > WHY_LENGTH ? `${text.slice(0, WHY_LENGTH)}…` : text}` : what;

async function removeHook(hook: string, kubernetes: Kubernetes): Promise<void> {
  const [kind = '', name = ''] = hook.split('/');
  const ref = KINDS[kind];
  // A leftover does no harm: the next run of the hook replaces it.
  if (ref) await kubernetes.delete({ ...ref, name }, { propagation: 'Background' }).catch(() => undefined);
}

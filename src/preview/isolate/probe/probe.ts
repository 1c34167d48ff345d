import { JOB, POD } from '../../../deploy/kube/names.ts';
import { type Stuck, StuckPods } from '../../../deploy/kube/stuck.ts';
import { watchUntil } from '../../../deploy/kube/watch.ts';
import { DeployError, HttpError, TimeoutError } from '../../../interfaces/errors.ts';
import type { Pod } from '../../../interfaces/objects.ts';
import { messageOf } from '../../../interfaces/values.ts';
import type { GoneTools } from '../../gone/index.ts';
import type { Isolation } from '../objects.ts';
import { type Finding, findingOf, notedFinding, policiesHash } from './finding.ts';
import { PROBE, type ProbeJob, probeJob } from './job.ts';
import { closedTargets } from './targets.ts';

type Tools = Pick<GoneTools, 'kubernetes' | 'clock' | 'signal' | 'log'>;

export interface ProbeOptions extends Omit<ProbeJob, 'wanted' | 'namespace' | 'own'> {
  /** What stands there. */
  isolation: Isolation;
  /** What the namespace has noted of an earlier one. */
  noted: string | undefined;
}

/** A probe that runs beside something else. */
export interface Probe {
  /** Of the policies that it is about. */
  readonly hash: string;
  /** When it has ended. */
  finding(): Promise<Finding>;
  /** Ends it. Where it has not come to its end, an earlier finding of the same policies counts. */
  stop(): Promise<Finding>;
}

/** Of the whole: the pod's image may have to be pulled. */
const LIMIT_MS = 60_000;
const TRY_MS = 6_000;
/** Known in every cluster; DNS that does not know it has answered, too. */
const NAME = 'kubernetes.default.svc';

/**
 * Begins to find out whether the cluster's network enforces what stands around a preview: a pod in its namespace tries what is closed. What was
 * proved of the same policies before is not tried again. It throws nothing: what hinders it leaves it unproved.
 */
export function beginProbe({ isolation, noted, ...job }: ProbeOptions, tools: Tools): Probe {
  const hash = policiesHash(isolation);
  const known = notedFinding(noted, hash);
  if (known?.state === 'proved') return { hash, finding: async () => known, stop: async () => known };
  const stopped = new AbortController();
  const signal = AbortSignal.any([tools.signal, stopped.signal]);
  const running = tried(isolation, job, { ...tools, signal }).catch((error: unknown): Finding => {
    if (stopped.signal.aborted) return known ?? { state: 'unproved', why: 'the deploy was over before the probe was' };
    return { state: 'unproved', why: messageOf(error) };
  });
  return {
    hash,
    finding: () => running,
    stop: () => {
      stopped.abort();
      return running;
    },
  };
}

async function tried(isolation: Isolation, job: Omit<ProbeJob, 'wanted' | 'namespace' | 'own'>, tools: Tools): Promise<Finding> {
  const { kubernetes } = tools;
  const { egress, frontDoors, namespace, own } = isolation;
  const closed = await closedTargets(kubernetes, { egress, near: frontDoors.namespaces, own });
  const name = own.name(PROBE);
  await remove(tools, name, (await kubernetes.get({ ...JOB, name }))?.metadata.uid);
  tools.signal.throwIfAborted();
  const { metadata } = await kubernetes.create(probeJob({ ...job, namespace, own, wanted: { closed, name: NAME, withinMs: TRY_MS } }));
  const stuck = new StuckPods();
  try {
    return await watchUntil({
      ...tools,
      watch: [{ kind: POD, options: { labelSelector: `batch.kubernetes.io/controller-uid=${metadata.uid}` } }],
      limitMs: LIMIT_MS,
      waitingFor: 'the end of the probe',
      judge: (view, now) => ended(view.all(POD), job.image, egress, stuck.find(view.all(POD), now)),
    });
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    return { state: 'unproved', why: `its pod did not come to its end within ${LIMIT_MS / 1_000} s` };
  } finally {
    await remove(tools, name, metadata.uid);
  }
}

/** It goes with its pod; where that is refused, its own time limit sees to it. */
async function remove({ kubernetes, log }: Tools, name: string, uid: string | undefined): Promise<void> {
  if (uid === undefined) return;
  try {
    await kubernetes.delete({ ...JOB, name }, { uid, propagation: 'Background' });
  } catch (error) {
    if (!(error instanceof DeployError)) throw error;
    if (!(error instanceof HttpError && error.status === 409)) log.info(`The probe could not be deleted: ${error.message}`);
  }
}

const COMING = new Set(['ContainerCreating', 'PodInitializing', 'ErrImagePull', 'ImagePullBackOff']);

function ended([pod]: readonly Pod[], image: string, egress: readonly string[], held: Stuck | undefined): Finding | undefined {
  return held ? neverStarted(held.reason, image) : pod && endOf(pod, image, egress);
}

const neverStarted = (reason: string, image: string): Finding => ({
  state: 'unproved',
  why: `its pod does not start (${reason}, image ${image})`,
});

/** Pure: what came of a probe's pod; undefined: nothing yet. */
export function endOf({ status }: Pod, image: string, egress: readonly string[]): Finding | undefined {
  const state = status?.containerStatuses?.[0]?.state;
  if (state?.terminated) return findingOf(state.terminated.message ?? '', egress);
  const reason = state?.waiting?.reason;
  if (reason !== undefined && !COMING.has(reason)) return neverStarted(reason, image);
  if (status?.phase === 'Failed')
    return { state: 'unproved', why: `its pod ended before it had begun: ${status.reason ?? 'no reason given'}` };
  return undefined;
}

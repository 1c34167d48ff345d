import { LeaseLostError } from '../../interfaces/errors.ts';
import { messageOf } from '../../interfaces/values.ts';
import { scaledKind } from '../../split/kinds/rows.ts';
import { type Color, otherColor } from '../../split/model.ts';
import { recordActiveOnly } from '../color/keda.ts';
import { isWorker, recordActiveReplicas } from '../color/workers.ts';
import { waitReady } from '../diagnosis/ready.ts';
import { refOf } from '../kube/kinds.ts';
import { colorWorkloads } from '../kube/live.ts';
import { colorRelease, describe, POD, selects } from '../kube/names.ts';
import { isReady } from '../kube/pods.ts';
import { scale } from '../kube/scale.ts';
import { watchUntil } from '../kube/watch.ts';
import type { AppContext } from '../run/run.ts';
import type { Deployed, InFlight } from '../state/model.ts';
import type { Records } from './records.ts';

/** Pods that are ready within this time were unready for a moment. */
const LIMIT_MS = 60_000;

/**
 * The color that served before is to serve again, and cannot yet: it is waited for, after it was scaled up or its recorded part was applied
 * where it takes that. Returns whether it is ready then.
 */
export async function bringBack(
  run: AppContext,
  { color, entry, how }: { color: Color; entry: Deployed | undefined; how: 'wait' | 'scale' | 'apply' },
  records: Records,
): Promise<boolean> {
  const { log } = run;
  try {
    if (how === 'apply') await applyRecorded(run, color, entry, records);
    if (how !== 'wait') await scaleUp(run, color, entry);
    const live = await colorWorkloads(run.kubernetes, run.options.release, color);
    log.warning(`${color}, which served before, is not ready: it is waited for up to ${LIMIT_MS / 1000} s`);
    const expected = [...live.values()].flatMap((object) => {
      const kind = isWorker(object) ? undefined : scaledKind(object);
      return kind === undefined ? [] : [{ kind, name: object.metadata.name, shared: false }];
    });
    const signal = run.held ?? new AbortController().signal;
    await waitReady(expected, run, { signal, limitMs: Math.min(LIMIT_MS, run.options.timeoutMs) });
    return true;
  } catch (error) {
    if (error instanceof LeaseLostError) throw error;
    log.warning(`${color} does not become ready: ${messageOf(error)}`);
    return false;
  }
}

async function applyRecorded(run: AppContext, color: Color, entry: Deployed | undefined, records: Records): Promise<void> {
  const recorded = entry && (await records.color(color, entry.colorRevision));
  if (!entry || !recorded) throw new Error('nothing of it is recorded any more');
  const { release, timeoutMs } = run.options;
  run.log.warning(`${color} was deleted: ${entry.version} is brought back by what Helm recorded`);
  const description = `todo-deploy: ${entry.version}, brought back`;
  const { part, values } = recorded;
  const split = await records.split(entry);
  await run.helm.apply({ release: colorRelease(release, color), part, values, description, timeoutMs, noHooks: true });
  // Its record has workers as they are while the color is idle.
  if (split) {
    await recordActiveReplicas(run, color, split);
    await recordActiveOnly(run, color, split);
  }
}

/** As many as the color that is left runs, at least as many as its chart asked for. */
async function scaleUp({ kubernetes, options, log }: AppContext, color: Color, entry: Deployed | undefined): Promise<void> {
  const other = await colorWorkloads(kubernetes, options.release, otherColor(color));
  for (const [name, workload] of await colorWorkloads(kubernetes, options.release, color)) {
    const asked = entry?.replicas[name] ?? 1;
    if (workload.spec?.replicas !== 0 || isWorker(workload) || asked === 0) continue;
    const wanted = Math.max(asked, other.get(name)?.spec?.replicas ?? 1);
    await scale(kubernetes, refOf(workload), wanted);
    log.warning(`${describe(workload)} stood at zero: it is scaled to ${wanted}`);
  }
}

/** The plain workloads of an app that is taken over are not ours to bring up: their pods are waited for. */
export async function waitForPods(run: AppContext, { services }: InFlight): Promise<void> {
  const wanted = services.flatMap(({ from }) => (from ? [from] : []));
  const limitMs = Math.min(LIMIT_MS, run.options.timeoutMs);
  run.log.warning(`What served before is not ready: it is waited for up to ${limitMs / 1000} s`);
  await watchUntil({
    ...run,
    signal: run.held ?? new AbortController().signal,
    limitMs,
    watch: [{ kind: POD }],
    waitingFor: 'the pods that served before',
    judge: (view) =>
      wanted.every((selector) => view.all(POD).some((pod) => selects(selector, pod.metadata.labels) && isReady(pod))) || undefined,
  }).catch((error: unknown) => {
    if (error instanceof LeaseLostError) throw error;
    run.log.warning(messageOf(error));
  });
}

import { LeaseLostError } from '../../interfaces/errors.ts';
import type { PartChart } from '../../interfaces/helm.ts';
import { messageOf } from '../../interfaces/values.ts';
import { kindNamed, readyKind } from '../../split/kinds/rows.ts';
import type { SharedWorkload } from '../../split/model.ts';
import { unpack } from '../../split/part/pack.ts';
import { isHook } from '../../split/read/hooks.ts';
import { type StepFailure, toFailure } from '../diagnosis/failure.ts';
import { waitReady } from '../diagnosis/ready.ts';
import type { AppContext } from '../run/run.ts';
import { baseDiffers, baseTakenBack } from '../state/base-entries.ts';
import type { Deployed, InFlight } from '../state/model.ts';
import { asFarAsPossible, stayText } from './cannot-change.ts';
import { hasMoreJobs, liveJobs, withDoneJobs } from './jobs-stay.ts';
import { removeBeside } from './leftovers.ts';
import { replacingStuckPods } from './stuck-pods.ts';
import { changedShared } from './touched.ts';

/** The longest time that what is in place gets to be ready again. */
const READY_LIMIT_MS = 300_000;

/**
 * The base as it was before the deploy in flight touched it, by applying what its release recorded then; what runs in it is waited for.
 * Colors' users are safe by now: what cannot be had back is a warning, and makes the next deploy apply the base again. Never on a first
 * deploy. Returns why the version before is not proved to be back: what is in place does not become ready, or could not be applied.
 * Errors: `LeaseLostError`.
 */
export async function takeBaseBack(
  run: AppContext,
  { baseBefore, inPlace }: Pick<InFlight, 'baseBefore' | 'inPlace'>,
): Promise<StepFailure | undefined> {
  if (baseBefore === undefined) return undefined;
  try {
    const back = await applyRecorded(run, baseBefore);
    if (!back) return undefined;
    await run.journal.update((journal) => baseTakenBack(journal, back.entry));
    return await readyAgain(run, back.workloads);
  } catch (error) {
    if (error instanceof LeaseLostError) throw error;
    say(run, `The base, which both colors share, is not as it was (${messageOf(error)}): the next deploy applies it again`);
    await run.journal.update(baseDiffers);
    return inPlace ? toFailure(error) : undefined;
  }
}

/** Waits for workloads of the base that went back. Returns why one of them is not ready. */
export async function readyAgain(run: AppContext, workloads: readonly SharedWorkload[]): Promise<StepFailure | undefined> {
  const expected = workloads.filter(({ kind }) => kindNamed(kind).ready !== 'completion').map((one) => ({ ...one, shared: true }));
  if (expected.length === 0) return undefined;
  const signal = run.held ?? new AbortController().signal;
  try {
    await replacingStuckPods(run, expected, () =>
      waitReady(expected, run, { signal, limitMs: Math.min(run.options.timeoutMs, READY_LIMIT_MS) }),
    );
    return undefined;
  } catch (error) {
    if (error instanceof LeaseLostError) throw error;
    const failure = toFailure(error);
    say(run, `What is in place went back, and is not ready: ${failure.message}`);
    return failure;
  }
}

interface Back {
  /** What the journal has to say of it. */
  entry: Partial<Pick<Deployed, 'baseHash' | 'baseRevision'>>;
  /** What runs in it and was changed since. */
  workloads: SharedWorkload[];
}

/**
 * Returns undefined where nothing was applied after `revision`. With a Job that the failed version brought it is not the base of the version
 * before: the next deploy of that very base removes it.
 */
async function applyRecorded(run: AppContext, revision: number): Promise<Back | undefined> {
  const { helm, kubernetes, options, log } = run;
  const { release, timeoutMs } = options;
  const history = await helm.history(release);
  const later = history.filter((one) => one.revision > revision);
  if (history.length > 0 && later.length === 0) return undefined;
  // A run that was canceled may have ended Helm at work.
  await helm.clearPending(release);
  const [then, ...applied] = await Promise.all(
    [revision, ...later.map((one) => one.revision)].map((one) => helm.recordedPart(release, one)),
  );
  if (!then) throw new Error(`Helm no longer has revision ${revision} of ${release}`);
  log.info(`The base goes back to what revision ${revision} recorded`);
  const tried = applied.flatMap((one) => (one ? [one.part] : []));
  const newestFirst = [...tried.toReversed(), then.part];
  const wanted = withDoneJobs(then.part, await liveJobs(newestFirst, kubernetes));
  const { part, stays } = await asFarAsPossible(wanted, newestFirst, kubernetes);
  for (const one of stays) say(run, stayText(one));
  const description = `todo-deploy: base, back to revision ${revision}`;
  const { revision: made } = await helm.apply({ release, part, values: then.values, description, timeoutMs, noHooks: true });
  await removeBeside(run, release, part, tried);
  return {
    entry: { baseRevision: made, ...(hasMoreJobs(part, then.part) && { baseHash: '' }) },
    workloads: workloadsBack(part, tried, kubernetes.namespace),
  };
}

/** Pure: workloads of a base that one of the parts since did not hold just as they are. */
function workloadsBack(part: PartChart, since: readonly PartChart[], namespace: string): SharedWorkload[] {
  const objects = unpack(part).map(({ object }) => object);
  const shared = objects.flatMap((object): SharedWorkload[] => {
    const kind = isHook(object) || (object.metadata.namespace ?? namespace) !== namespace ? undefined : readyKind(object);
    return kind === undefined ? [] : [{ kind, name: object.metadata.name }];
  });
  const changed = new Set(since.flatMap((one) => changedShared(shared, objects, one)));
  return shared.filter((one) => changed.has(one));
}

function say({ log, report }: AppContext, message: string): void {
  log.warning(message);
  report.notes.push(message);
}

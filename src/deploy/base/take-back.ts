import { LeaseLostError } from '../../interfaces/errors.ts';
import { messageOf } from '../../interfaces/values.ts';
import type { AppContext } from '../run/run.ts';
import { baseTakenBack } from '../state/base-entries.ts';
import type { Deployed, InFlight } from '../state/journal.ts';
import { asFarAsPossible, stayText } from './cannot-change.ts';
import { hasMoreJobs, liveJobs, withDoneJobs } from './jobs-stay.ts';
import { removeBeside } from './leftovers.ts';

/**
 * The base as it was before the deploy in flight touched it, by applying what its release recorded then. Users are safe by now: what cannot
 * be had back is a warning, and makes the next deploy apply the base again. Never on a first deploy. Errors: `LeaseLostError`.
 */
export async function takeBaseBack(run: AppContext, { baseBefore }: Pick<InFlight, 'baseBefore'>): Promise<void> {
  if (baseBefore === undefined) return;
  try {
    const back = await applyRecorded(run, baseBefore);
    if (back) await run.journal.update((journal) => baseTakenBack(journal, back));
  } catch (error) {
    if (error instanceof LeaseLostError) throw error;
    say(run, `The base, which both colors share, is not as it was (${messageOf(error)}): the next deploy applies it again`);
    await run.journal.update((journal) => baseTakenBack(journal, { baseHash: '' }));
  }
}

/**
 * Returns what the journal has to say of it; undefined where nothing was applied after `revision`. With a Job that the failed version brought
 * it is not the base of the version before: the next deploy of that very base removes it.
 */
async function applyRecorded(run: AppContext, revision: number): Promise<Partial<Pick<Deployed, 'baseHash' | 'baseRevision'>> | undefined> {
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
  return { baseRevision: made, ...(hasMoreJobs(part, then.part) && { baseHash: '' }) };
}

function say({ log, report }: AppContext, message: string): void {
  log.warning(message);
  report.notes.push(message);
}

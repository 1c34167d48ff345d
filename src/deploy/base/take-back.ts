import { LeaseLostError } from '../../interfaces/errors.ts';
import type { PartChart } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { messageOf } from '../../interfaces/values.ts';
import { unpack } from '../../split/part/pack.ts';
import { refOf } from '../kube/kinds.ts';
import { describe } from '../kube/names.ts';
import type { AppContext } from '../run/run.ts';
import { baseTakenBack, type Deployed, type InFlight } from '../state/journal.ts';
import { asFarAsPossible, stayText } from './cannot-change.ts';
import { hasMoreJobs, isHook, liveJobs, withDoneJobs } from './jobs-stay.ts';

/** Helm's marks of what it made for a release. */
const isOurs = ({ metadata }: KubernetesObject, { options, kubernetes }: AppContext): boolean =>
  metadata.annotations?.['meta.helm.sh/release-name'] === options.release &&
  metadata.annotations?.['meta.helm.sh/release-namespace'] === kubernetes.namespace;

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
  await removeLeft(run, tried, part);
  return { baseRevision: made, ...(hasMoreJobs(part, then.part) && { baseHash: '' }) };
}

/** What a failed apply had created, Helm does not know of: it compares with the last revision that worked. */
async function removeLeft(run: AppContext, tried: readonly PartChart[], part: PartChart): Promise<void> {
  const { kubernetes, log } = run;
  const keyOf = (object: KubernetesObject) => `${object.apiVersion} ${describe(object)}`;
  const wanted = new Set(unpack(part).map(({ object }) => keyOf(object)));
  const left = tried
    .flatMap((one) => unpack(one).map(({ object }) => object))
    .filter((object) => !isHook(object) && !wanted.has(keyOf(object)));
  for (const object of new Map(left.map((one) => [keyOf(one), one])).values()) {
    const ref = { ...refOf(object), namespace: object.metadata.namespace };
    const live = await kubernetes.get(ref);
    if (!live || !isOurs(live, run) || live.metadata.deletionTimestamp) continue;
    await kubernetes.delete(ref, { propagation: 'Background', uid: live.metadata.uid });
    log.info(`${describe(object)} is removed`);
  }
}

function say({ log, report }: AppContext, message: string): void {
  log.warning(message);
  report.notes.push(message);
}

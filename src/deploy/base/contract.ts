import type { Service } from '../../interfaces/objects.ts';
import { messageOf } from '../../interfaces/values.ts';
import { advanced, baseRecordOf } from '../../split/part/base-record.ts';
import { unpack } from '../../split/part/pack.ts';
import { isStable } from '../kube/live.ts';
import { describe, SERVICE } from '../kube/names.ts';
import type { AppContext } from '../run/run.ts';
import { isOf, removeLeftovers } from './leftovers.ts';
import { contractedText, ownPart } from './recorded.ts';

const TRIES = 2;
const PAUSE_MS = 3_000;

type Deps = Pick<AppContext, 'kubernetes' | 'helm' | 'options' | 'log' | 'report' | 'clock' | 'journal'>;

/** The base as it is once nothing waits any more. */
interface Contracted {
  baseHash: string;
  baseRevision: number;
  /** What was applied now, as text. */
  changes: readonly string[];
  /** The revision before. */
  before: number;
}

/**
 * Applies what waited for the old color, by what the base's own release recorded: removed objects go. Without hooks: they ran with the
 * expansion. `ready` is awaited where something waits. undefined where its release knows nothing of it, or where it cannot be applied: that
 * is a warning, since the new version serves, and the next deploy applies the base again.
 */
export async function contractBase(run: Deps, ready: () => Promise<void> = async () => undefined): Promise<Contracted | undefined> {
  const { helm, options, log } = run;
  const { release, timeoutMs } = options;
  const now = await recordedNow(run);
  if (!now) return undefined;
  const { record, recorded, revision } = now;
  const changes = (record.waiting ?? []).map(({ text }) => text);
  const known = { baseHash: record.hash, changes, before: revision };
  if (changes.length === 0) return { ...known, baseRevision: revision };
  await ready();
  for (const text of changes) log.info(`Now that the old version is gone: ${text}`);
  const description = contractedText(record.version);
  const part = advanced(recorded.part);
  const apply = { release, part, values: recorded.values, description, timeoutMs, noHooks: true };
  for (let tried = 1; ; tried++) {
    try {
      // A revision whose record could not be written to its end stands in the way of every other.
      if (tried > 1) await helm.clearPending(release);
      const { revision: baseRevision } = await helm.apply(apply);
      await removeLeftovers(run, release, part);
      return { ...known, baseRevision };
    } catch (error) {
      if (tried < TRIES) {
        await run.clock.sleep(PAUSE_MS);
        continue;
      }
      warn(
        run,
        `What the base of ${record.version} removes or restricts is not applied yet (${messageOf(error)}): the next deploy does it`,
      );
      return undefined;
    }
  }
}

/** The new version does not work under what was applied last: that goes back, and the next deploy applies the base again. */
export async function undoContraction(run: Deps, { changes, before }: Contracted): Promise<void> {
  const { helm, options } = run;
  const { release, timeoutMs } = options;
  warn(run, `The checks fail since the base was brought to its end (${changes.join(', ')}): that is taken back`);
  const recorded = await helm.recordedPart(release, before);
  const description = `todo-deploy: base, back to revision ${before}`;
  if (recorded) await helm.apply({ release, ...recorded, description, timeoutMs, noHooks: true });
}

function warn({ log, report }: Deps, message: string): void {
  log.warning(message);
  report.notes.push(message);
}

/**
 * Services that the new version does not have any more: before the old color is stopped, which they select. One that was deleted by hand and
 * made again is in no record of Helm's, and goes as well; so does one that Helm made and has forgotten.
 */
export async function removeServices(run: Deps): Promise<void> {
  const now = await recordedNow(run);
  if (!now) return;
  const wanted = new Set(unpack(advanced(now.recorded.part)).map(({ object }) => describe(object)));
  const { kubernetes, options } = run;
  const own = (service: Service) => isStable(service, options.release) || isOf(service, options.release, kubernetes.namespace);
  for (const { metadata } of (await kubernetes.list(SERVICE)).items.filter(own)) {
    if (wanted.has(`${SERVICE.kind}/${metadata.name}`)) continue;
    await kubernetes.delete({ ...SERVICE, name: metadata.name }, { uid: metadata.uid });
    run.log.info(`Service ${metadata.name} is removed: the new version does not have it`);
  }
}

/** The base of the version that is tidied up after: the last one that worked, unless a change of it did not end; then the journal knows. */
async function recordedNow({ helm, options, journal }: Deps) {
  const { history, inFlight } = journal.journal;
  const last = (await helm.history(options.release)).filter(({ status }) => status === 'deployed').at(-1)?.revision;
  const found = await Promise.all(
    [last, history[0]?.baseRevision].map(async (revision) => {
      const recorded = revision === undefined ? undefined : ownPart(await helm.recordedPart(options.release, revision));
      const record = recorded && baseRecordOf(recorded.part);
      return recorded && record && revision !== undefined ? { revision, recorded, record } : undefined;
    }),
  );
  return found.find((one) => one?.record.hash === inFlight?.baseHash) ?? found[0];
}

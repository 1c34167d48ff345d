import { StepFailure } from '../../deploy/diagnosis/failure.ts';
import { LEASE, leaseName } from '../../deploy/kube/names.ts';
import { fenced } from '../../deploy/state/fence.ts';
import { JournalStore } from '../../deploy/state/journal-store.ts';
import { Lease } from '../../deploy/state/lease.ts';
import type { Who } from '../../deploy/state/lease-object.ts';
import type { Journal } from '../../deploy/state/model.ts';
import type { Clock } from '../../interfaces/clock.ts';
import type { Helm } from '../../interfaces/helm.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Log } from '../../interfaces/log.ts';
import { fallAsleep } from '../../waker/index.ts';
import { ownOf, type Preview, previewNotes } from '../model/index.ts';

interface Sleep {
  preview: Preview;
  release: string;
  /** The waker's. */
  image: string;
  imagePullSecrets: readonly string[];
  who: Who;
  /** Asked once it is ours: whether it is still to sleep. */
  isDue(journal: Journal): boolean;
}

/** In the preview's own namespace. */
export interface SleepTools {
  kubernetes: Kubernetes;
  helm: Helm;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}

/**
 * Puts a preview to sleep, under its app's lease; nobody who is at work is waited for. Returns why it stays awake, undefined where it sleeps. Errors:
 * `TimeoutError` where the waker does not come up, `HttpError`, `LeaseLostError`.
 */
export async function putToSleep({ preview, release, who, isDue, ...waker }: Sleep, tools: SleepTools): Promise<string | undefined> {
  const lease = await leaseNow(release, who, tools);
  if (lease === undefined) return 'a run is at work on it';
  try {
    const own = fenced(tools, () => lease.prove());
    const { journal } = await JournalStore.open(own.kubernetes, release);
    const { active, inFlight } = journal;
    if (active === undefined || inFlight !== undefined) return 'a deploy of it has not come to its end';
    if (!isDue(journal)) return 'it was used meanwhile';
    const why = await fallAsleep({ release, color: active, own: ownOf(preview), ...waker }, { ...own, signal: lease.signal });
    if (why !== undefined) return why;
    const metadata = { annotations: previewNotes({ state: 'asleep' }) };
    await own.kubernetes.patch(preview.marks, { metadata }, { type: 'merge' });
    return undefined;
  } finally {
    await lease.release();
  }
}

/** Holders show a sign of life every few seconds. One that has been silent for so long was killed, most likely, which a look of this length proves. */
const [SILENT_MS, LOOK_MS] = [60_000, 40_000];

/** Whoever holds it is at work, or proves to be gone. */
async function leaseNow(release: string, who: Who, tools: SleepTools): Promise<Lease | undefined> {
  const { kubernetes, clock, signal } = tools;
  const { renewTime } = (await kubernetes.get({ ...LEASE, name: leaseName(release) }))?.spec ?? {};
  const isSilent = clock.now() - Date.parse(renewTime ?? '') > SILENT_MS;
  try {
    return await Lease.acquire(release, who, tools, { limitMs: isSilent ? LOOK_MS : 0, signal });
  } catch (error) {
    if (error instanceof StepFailure && error.reason === 'locked') return undefined;
    throw error;
  }
}

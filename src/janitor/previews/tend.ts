import { StepFailure } from '../../deploy/diagnosis/failure.ts';
import { NAMESPACE, SERVICE } from '../../deploy/kube/names.ts';
import { fenced } from '../../deploy/state/fence.ts';
import { JournalStore } from '../../deploy/state/journal-store.ts';
import { Lease } from '../../deploy/state/lease.ts';
import type { Who } from '../../deploy/state/lease-object.ts';
import type { Helm } from '../../interfaces/helm.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Service } from '../../interfaces/objects.ts';
import { momentText, NOTES, type Preview, previewNotes, renewed } from '../../preview/model/index.ts';
import { fallAsleep, isAsleep, isSleepDue, WOKEN_NOTE } from '../../waker/index.ts';
import type { World } from '../world/model.ts';

export interface TendOptions {
  /** Where the preview itself does not say; undefined: it never sleeps. */
  sleepAfterMs: number | undefined;
  /** The waker's. */
  image: string;
  imagePullSecrets: readonly string[];
  who: Who;
  dryRun: boolean;
}

type Tools = Omit<World, 'kubernetes'> & { kubernetes: Kubernetes; helm: Helm };

/** How far the waker's clock may be before ours. */
const SKEW_MS = 60_000;

/**
 * What a preview that stays needs: a visit that woke it renews its lease; one that nobody has used for long goes to sleep. Returns what was
 * done, or why nothing was, as the end of a sentence; undefined where there is nothing to say.
 */
export async function tend(preview: Preview, clocks: readonly number[], options: TendOptions, tools: Tools): Promise<string | undefined> {
  const { release } = preview;
  if (release === undefined) return undefined;
  const { kubernetes } = tools;
  const { items } = await kubernetes.list(SERVICE);
  const woken = lastWoken(items, clocks);
  if (woken !== undefined && !options.dryRun) await renew(preview, woken, kubernetes);
  if (items.some(({ spec }) => isAsleep(spec?.selector))) return 'it is asleep';
  const sleepAfterMs = preview.sleepAfterMs ?? options.sleepAfterMs;
  const isDue = async (): Promise<{ store: JournalStore; due: boolean }> => {
    const store = await JournalStore.open(kubernetes, release);
    const { inFlight, active, history } = store.journal;
    const uses = [woken, Date.parse(history[0]?.at ?? '')];
    return { store, due: inFlight === undefined && active !== undefined && isSleepDue({ uses, sleepAfterMs }, clocks) };
  };
  if (!(await isDue()).due) return undefined;
  if (options.dryRun) return 'it would be put to sleep';
  const lease = await leaseNow(release, options.who, tools);
  if (lease === undefined) return 'a run is at work on it';
  try {
    const own = fenced(tools, () => lease.prove());
    const { store, due } = await isDue();
    const color = store.journal.active;
    if (!due || color === undefined) return undefined;
    const { image, imagePullSecrets } = options;
    const why = await fallAsleep({ release, color, image, imagePullSecrets }, { ...own, signal: lease.signal });
    if (why !== undefined) return `it cannot sleep: ${why}`;
    const metadata = { annotations: previewNotes({ state: 'asleep' }) };
    await own.kubernetes.patch({ ...NAMESPACE, name: preview.namespace }, { metadata }, { type: 'merge' });
    return 'it is put to sleep: nobody has used it lately';
  } finally {
    await lease.release();
  }
}

/** No time to wait: whoever holds it is at work. */
async function leaseNow(release: string, who: Who, tools: Tools): Promise<Lease | undefined> {
  try {
    return await Lease.acquire(release, who, tools, { limitMs: 0, signal: tools.signal });
  } catch (error) {
    if (error instanceof StepFailure && error.reason === 'locked') return undefined;
    throw error;
  }
}

/** The last visit that woke it; what says to be in the future is not believed. */
function lastWoken(services: readonly Service[], clocks: readonly number[]): number | undefined {
  const times = services.map(({ metadata }) => Date.parse(metadata.annotations?.[WOKEN_NOTE] ?? ''));
  const known = times.filter((time) => Number.isFinite(time) && clocks.every((now) => time <= now + SKEW_MS));
  return known.length === 0 ? undefined : Math.max(...known);
}

/** Only if the namespace is as it was seen: whoever has changed it meanwhile knows better, and the next pass looks again. */
async function renew(preview: Preview, usedAt: number, kubernetes: Kubernetes): Promise<void> {
  const now = renewed(preview, usedAt);
  if (now === preview || now.expiresAt === undefined) return;
  const annotations = { ...previewNotes({ expiresAt: momentText(now.expiresAt), state: 'awake' }), [NOTES.warnedAt]: null };
  const metadata = { resourceVersion: preview.resourceVersion, annotations };
  await kubernetes.patch({ ...NAMESPACE, name: preview.namespace }, { metadata }, { type: 'merge' });
}

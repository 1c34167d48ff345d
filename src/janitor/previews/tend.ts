import { colorWorkloads } from '../../deploy/kube/live.ts';
import { SERVICE } from '../../deploy/kube/names.ts';
import { JournalStore } from '../../deploy/state/journal-store.ts';
import type { Who } from '../../deploy/state/lease-object.ts';
import type { Journal } from '../../deploy/state/model.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import { ownSelector } from '../../interfaces/own.ts';
import { believed, lastWoken, putToSleep, type SleepTools } from '../../preview/asleep/index.ts';
import { momentText, NEVER, NOTES, ownOf, type Preview, previewNotes, renewed } from '../../preview/model/index.ts';
import { isAsleep, isSleepDue } from '../../waker/index.ts';

export interface TendOptions {
  /** Where the preview itself does not say; undefined: it never sleeps. */
  sleepAfterMs: number | undefined;
  /** The waker's. */
  image: string;
  imagePullSecrets: readonly string[];
  who: Who;
  dryRun: boolean;
}

/** Longer than a visitor waits for an app: what runs though users are led to the waker is no longer about to wake. */
const WAKING_MS = 15 * 60_000;

/**
 * What a preview that stays needs: a visit that woke it renews its lease; one that nobody has used for long goes to sleep, and so does one
 * that a killed run has left half asleep. Returns what was done, or why nothing was, as the end of a sentence; undefined where there is
 * nothing to say. Errors: those of `putToSleep`.
 */
export async function tend(
  preview: Preview,
  clocks: readonly number[],
  options: TendOptions,
  tools: SleepTools,
): Promise<string | undefined> {
  const { release } = preview;
  if (release === undefined) return undefined;
  const { kubernetes } = tools;
  const { items } = await kubernetes.list(SERVICE, { labelSelector: ownSelector(ownOf(preview)) });
  const woken = lastWoken(items, clocks);
  const usedAt = believed(preview.usedAt, clocks);
  if (woken !== undefined && !options.dryRun) await renew(preview, woken, kubernetes);
  const sleeps = items.some(({ spec }) => isAsleep(spec?.selector));
  const after = preview.sleepAfterMs ?? options.sleepAfterMs;
  // What a killed run has left half asleep is put to sleep whoever wanted it: nobody is led to what runs.
  const sleepAfterMs = sleeps ? WAKING_MS : after === NEVER ? undefined : after;
  const isDue = ({ inFlight, active, history }: Journal): boolean => {
    const uses = [woken, usedAt, Date.parse(history[0]?.at ?? '')];
    return inFlight === undefined && active !== undefined && isSleepDue({ uses, sleepAfterMs }, clocks);
  };
  const { journal } = await JournalStore.open(kubernetes, release);
  if (sleeps && !(await runs(kubernetes, release, journal))) return 'it is asleep';
  if (!isDue(journal)) return sleeps ? 'it is asleep, or about to wake' : undefined;
  if (options.dryRun) return 'it would be put to sleep';
  const why = await putToSleep({ ...options, preview, release, isDue }, tools);
  return why === undefined
    ? `it is put to sleep: ${sleeps ? 'a run was killed before it was' : 'nobody has used it lately'}`
    : `it stays awake: ${why}`;
}

/** Whether anything of the color that serves runs. */
async function runs(kubernetes: Kubernetes, release: string, { active }: Journal): Promise<boolean> {
  if (active === undefined) return false;
  return [...(await colorWorkloads(kubernetes, release, active)).values()].some(({ spec }) => spec?.replicas !== 0);
}

/** Only if its marks are as they were seen: whoever has changed it meanwhile knows better, and the next pass looks again. */
async function renew(preview: Preview, usedAt: number, kubernetes: Kubernetes): Promise<void> {
  const now = renewed(preview, usedAt);
  if (now === preview || now.expiresAt === undefined) return;
  const annotations = { ...previewNotes({ expiresAt: momentText(now.expiresAt), state: 'awake' }), [NOTES.warnedAt]: null };
  const metadata = { resourceVersion: preview.resourceVersion, annotations };
  await kubernetes.patch(preview.marks, { metadata }, { type: 'merge' });
}

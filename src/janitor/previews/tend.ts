import { NAMESPACE, SERVICE } from '../../deploy/kube/names.ts';
import { JournalStore } from '../../deploy/state/journal-store.ts';
import type { Who } from '../../deploy/state/lease-object.ts';
import type { Journal } from '../../deploy/state/model.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import { lastWoken, putToSleep, type SleepTools } from '../../preview/asleep/index.ts';
import { momentText, NEVER, NOTES, type Preview, previewNotes, renewed } from '../../preview/model/index.ts';
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

/**
 * What a preview that stays needs: a visit that woke it renews its lease; one that nobody has used for long goes to sleep. Returns what was
 * done, or why nothing was, as the end of a sentence; undefined where there is nothing to say. Errors: those of `putToSleep`.
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
  const { items } = await kubernetes.list(SERVICE);
  const woken = lastWoken(items, clocks);
  if (woken !== undefined && !options.dryRun) await renew(preview, woken, kubernetes);
  if (items.some(({ spec }) => isAsleep(spec?.selector))) return 'it is asleep';
  const after = preview.sleepAfterMs ?? options.sleepAfterMs;
  const sleepAfterMs = after === NEVER ? undefined : after;
  const isDue = ({ inFlight, active, history }: Journal): boolean => {
    const uses = [woken, Date.parse(history[0]?.at ?? '')];
    return inFlight === undefined && active !== undefined && isSleepDue({ uses, sleepAfterMs }, clocks);
  };
  if (!isDue((await JournalStore.open(kubernetes, release)).journal)) return undefined;
  if (options.dryRun) return 'it would be put to sleep';
  const why = await putToSleep({ ...options, preview, release, isDue }, tools);
  return why === undefined ? 'it is put to sleep: nobody has used it lately' : `it stays awake: ${why}`;
}

/** Only if the namespace is as it was seen: whoever has changed it meanwhile knows better, and the next pass looks again. */
async function renew(preview: Preview, usedAt: number, kubernetes: Kubernetes): Promise<void> {
  const now = renewed(preview, usedAt);
  if (now === preview || now.expiresAt === undefined) return;
  const annotations = { ...previewNotes({ expiresAt: momentText(now.expiresAt), state: 'awake' }), [NOTES.warnedAt]: null };
  const metadata = { resourceVersion: preview.resourceVersion, annotations };
  await kubernetes.patch({ ...NAMESPACE, name: preview.namespace }, { metadata }, { type: 'merge' });
}

import { HttpError } from '../../interfaces/errors.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { NOTES, type Preview, previewIn, sharedBy, titleOf } from '../model/index.ts';
import { endNamespace } from './end-namespace.ts';
import { endRelease } from './end-release.ts';
import { placeOf } from './place.ts';
import type { Receipt } from './receipt.ts';
import type { GoneTools } from './tools.ts';

export interface TakeDown {
  /** As it was when it was decided that it goes. */
  preview: Preview;
  /** A clause: `the pull request is closed`. */
  why: string;
  /** Asked of what is there before anything is touched: whether it is still to go. Left out: whatever happened to it. */
  isDue?: (seen: Preview) => boolean;
  /** Of the whole, ms. */
  limitMs: number;
}

/**
 * Takes a preview down, and proves it: the app is uninstalled, load balancers and claims are given back, the namespace is deleted by its UID,
 * watched until it is gone, and looked for again; in a namespace that several share, all that is this preview's. What holds something is named;
 * finalizers stay. A removal that was killed is finished by the next one. Errors: `CancelledError`, `LeaseLostError`, `HttpError`.
 */
export async function takeDown(wanted: TakeDown, tools: GoneTools): Promise<Receipt> {
  const { clock, log } = tools;
  const { preview, why, limitMs } = wanted;
  const start = clock.elapsed();
  const rest = (): number => Math.max(1_000, limitMs - (clock.elapsed() - start));
  const receipt = (status: Receipt['status'], more: Partial<Receipt> = {}): Receipt => ({
    namespace: preview.namespace,
    title: titleOf(preview),
    status,
    why,
    gone: [],
    left: [],
    unproved: [],
    ...more,
    ms: clock.elapsed() - start,
  });

  const marked = await markEnding(wanted, tools);
  if (marked === 'absent' || marked === 'kept') return receipt(marked);
  log.info(`The preview ${titleOf(preview)} goes: ${why}`);
  // First nobody is led to it any more; and while it is there, it says what is to be taken back.
  await tools.farewell?.(previewIn(marked) ?? preview, why, await placeOf(tools.kubernetes, sharedBy(preview)));
  const end = await (sharedBy(preview) === undefined ? endNamespace : endRelease)(tools, { preview, marked }, rest);
  return receipt(end.left.length > 0 ? 'stuck' : 'gone', end);
}

const TRIES = 10;

/** Intent before act: notes why it goes, if it still does. From then on nobody deploys into it, and a run that comes later finishes this one. */
async function markEnding({ preview, why, isDue }: TakeDown, { kubernetes }: GoneTools): Promise<KubernetesObject | 'absent' | 'kept'> {
  for (let tries = 0; ; tries += 1) {
    const live = await kubernetes.get(preview.marks);
    const seen = live && previewIn(live);
    // One of the same name that was made anew, or whose marks somebody took away, is not the one that was decided about.
    if (live === undefined || seen === undefined || seen.uid !== preview.uid) return 'absent';
    if (seen.ending) return live;
    if (isDue !== undefined && !isDue(seen)) return 'kept';
    try {
      const body = { metadata: { resourceVersion: seen.resourceVersion, annotations: { [NOTES.ending]: why } } };
      return await kubernetes.patch(preview.marks, body, { type: 'merge' });
    } catch (error) {
      if (!(error instanceof HttpError) || error.status !== 409 || tries >= TRIES) throw error;
    }
  }
}

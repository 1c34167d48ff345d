import { awaitEnd } from '../../deploy/kube/await-end.ts';
import { NAMESPACE } from '../../deploy/kube/names.ts';
import { HttpError } from '../../interfaces/errors.ts';
import type { Namespace, PersistentVolume } from '../../interfaces/objects.ts';
import { NOTES, type Preview, previewIn } from '../model/index.ts';
import { blockersOf } from './blockers.ts';
import type { Receipt } from './receipt.ts';
import type { GoneTools } from './tools.ts';
import { freeResources, uninstallApp } from './uninstall.ts';
import { awaitVolumes, volumesOf, volumeText } from './volumes.ts';

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
 * watched until it is gone, and looked for again. What holds a namespace is named; its finalizers stay. A removal that was killed is finished
 * by the next one. Errors: `CancelledError`, `LeaseLostError`, `HttpError`.
 */
export async function takeDown(wanted: TakeDown, tools: GoneTools): Promise<Receipt> {
  const { clock, kubernetes, log } = tools;
  const { preview, why, limitMs } = wanted;
  const start = clock.elapsed();
  const rest = (): number => Math.max(1_000, limitMs - (clock.elapsed() - start));
  const receipt = (status: Receipt['status'], more: Partial<Receipt> = {}): Receipt => ({
    namespace: preview.namespace,
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
  log.info(`The preview ${preview.namespace} goes: ${why}`);
  // First nobody is led to it any more; and while it is there, it says what is to be taken back.
  await tools.farewell?.(previewIn(marked) ?? preview, why);
  const volumes = await volumesOf(tools, preview.namespace);
  const unproved: string[] = [];
  if (!marked.metadata.deletionTimestamp) {
    unproved.push(...(await uninstallApp(tools, preview.release, rest())));
    await freeResources(tools, rest());
    await deleteByUid(tools, preview);
  }
  const live = await awaitEnd(tools, preview, rest());
  if (live !== undefined) return receipt('stuck', { left: await blockersOf(kubernetes, live), unproved });
  const left = await awaitVolumes(tools, preview.namespace, rest());
  if (left === 'unseen') unproved.push('volumes: this account may not list them');
  const remaining = left === 'unseen' ? [] : left;
  return receipt(remaining.length > 0 ? 'stuck' : 'gone', {
    gone: [`Namespace/${preview.namespace}, and all in it`, ...volumesGone(volumes, remaining)],
    left: remaining.map(volumeText),
    unproved,
  });
}

const TRIES = 10;

/** Intent before act: notes why it goes, if it still does. From then on nobody deploys into it, and a run that comes later finishes this one. */
async function markEnding({ preview, why, isDue }: TakeDown, { kubernetes }: GoneTools): Promise<Namespace | 'absent' | 'kept'> {
  for (let tries = 0; ; tries += 1) {
    const live = await kubernetes.get({ ...NAMESPACE, name: preview.namespace });
    const seen = live && previewIn(live);
    // One of the same name that was made anew, or whose marks somebody took away, is not the one that was decided about.
    if (live === undefined || seen === undefined || seen.uid !== preview.uid) return 'absent';
    if (seen.ending) return live;
    if (isDue !== undefined && !isDue(seen)) return 'kept';
    try {
      const body = { metadata: { resourceVersion: seen.resourceVersion, annotations: { [NOTES.ending]: why } } };
      return await kubernetes.patch({ ...NAMESPACE, name: preview.namespace }, body, { type: 'merge' });
    } catch (error) {
      if (!(error instanceof HttpError) || error.status !== 409 || tries >= TRIES) throw error;
    }
  }
}

async function deleteByUid({ kubernetes, signal }: GoneTools, { namespace, uid }: Preview): Promise<void> {
  signal.throwIfAborted();
  try {
    await kubernetes.delete({ ...NAMESPACE, name: namespace }, { uid });
  } catch (error) {
    // Another one has its name by now: the one that was to go is gone.
    if (!(error instanceof HttpError) || error.status !== 409) throw error;
  }
}

function volumesGone(before: readonly PersistentVolume[] | 'unseen', left: readonly PersistentVolume[]): string[] {
  if (before === 'unseen') return [];
  const still = new Set(left.map(({ metadata }) => metadata.uid));
  return before
    .filter(({ metadata }) => !still.has(metadata.uid))
    .map(({ metadata, spec }) => `PersistentVolume/${metadata.name}, of claim ${spec?.claimRef?.name}`);
}

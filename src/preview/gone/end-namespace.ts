import { awaitEnd } from '../../deploy/kube/await-end.ts';
import { NAMESPACE } from '../../deploy/kube/names.ts';
import { HttpError } from '../../interfaces/errors.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { PersistentVolume } from '../../interfaces/objects.ts';
import type { Preview } from '../model/index.ts';
import { blockersOf } from './blockers.ts';
import type { End } from './receipt.ts';
import type { GoneTools } from './tools.ts';
import { freeResources, uninstallApp } from './uninstall.ts';
import { awaitVolumes, volumesOf, volumeText } from './volumes.ts';

export interface Ending {
  preview: Preview;
  /** Its marks, once they say that it goes. */
  marked: KubernetesObject;
}

/** Ends a preview that has a namespace of its own. `rest`: how long there is, ms. */
export async function endNamespace(tools: GoneTools, { preview, marked }: Ending, rest: () => number): Promise<End> {
  const volumes = await volumesOf(tools, preview.namespace);
  const unproved: string[] = [];
  if (!marked.metadata.deletionTimestamp) {
    unproved.push(...(await uninstallApp(tools, preview.release, rest())));
    await freeResources(tools, rest());
    await deleteByUid(tools, preview);
  }
  const live = await awaitEnd(tools, preview, rest());
  if (live !== undefined) return { gone: [], left: await blockersOf(tools.kubernetes, live), unproved };
  const left = await awaitVolumes(tools, preview.namespace, rest());
  if (left === 'unseen') unproved.push('volumes: this account may not list them');
  const remaining = left === 'unseen' ? [] : left;
  return {
    gone: [`Namespace/${preview.namespace}, and all in it`, ...volumesGone(volumes, remaining)],
    left: remaining.map(volumeText),
    unproved,
  };
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

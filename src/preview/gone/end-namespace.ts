import { awaitEnd } from '../../deploy/kube/await-end.ts';
import { NAMESPACE } from '../../deploy/kube/names.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { PersistentVolume } from '../../interfaces/objects.ts';
import type { Preview } from '../model/index.ts';
import { blockersOf } from './blockers.ts';
import { deleteByUid } from './delete-by-uid.ts';
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
    tools.signal.throwIfAborted();
    await deleteByUid(tools.kubernetes, { ...NAMESPACE, name: preview.namespace }, preview.uid);
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

function volumesGone(before: readonly PersistentVolume[] | 'unseen', left: readonly PersistentVolume[]): string[] {
  if (before === 'unseen') return [];
  const still = new Set(left.map(({ metadata }) => metadata.uid));
  return before
    .filter(({ metadata }) => !still.has(metadata.uid))
    .map(({ metadata, spec }) => `PersistentVolume/${metadata.name}, of claim ${spec?.claimRef?.name}`);
}

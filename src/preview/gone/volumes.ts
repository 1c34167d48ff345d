import { watchUntil } from '../../deploy/kube/watch.ts';
import { HttpError, TimeoutError } from '../../interfaces/errors.ts';
import type { KindRef } from '../../interfaces/kubernetes.ts';
import type { PersistentVolume } from '../../interfaces/objects.ts';
import type { GoneTools } from './tools.ts';

const PERSISTENT_VOLUME: KindRef<PersistentVolume> = { apiVersion: 'v1', kind: 'PersistentVolume' };

/** Volumes whose claim was in the namespace. `unseen`: this account may not list volumes. */
export async function volumesOf({ kubernetes }: GoneTools, namespace: string): Promise<PersistentVolume[] | 'unseen'> {
  try {
    return (await kubernetes.list(PERSISTENT_VOLUME)).items.filter((volume) => volume.spec?.claimRef?.namespace === namespace);
  } catch (error) {
    if (error instanceof HttpError && error.status === 403) return 'unseen';
    throw error;
  }
}

/** Volumes that their storage class deletes go after their claims: waits for it. Returns those that are still there. */
export async function awaitVolumes(tools: GoneTools, namespace: string, limitMs: number): Promise<PersistentVolume[] | 'unseen'> {
  const left = await volumesOf(tools, namespace);
  if (left === 'unseen' || !left.some(isDeleted)) return left;
  try {
    const going = new Set(left.filter(isDeleted).map(({ metadata }) => metadata.uid ?? ''));
    let looks = 0;
    await watchUntil({
      ...tools,
      watch: [{ kind: PERSISTENT_VOLUME }],
      limitMs,
      waitingFor: `the volumes of namespace ${namespace} to be deleted`,
      judge: (view) => {
        looks += 1;
        // Before the first list has come there is nothing in the view.
        return looks > 2 && !view.all(PERSISTENT_VOLUME).some(({ metadata }) => going.has(metadata.uid ?? '')) ? true : undefined;
      },
    });
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
  }
  return await volumesOf(tools, namespace);
}

const isDeleted = ({ spec }: PersistentVolume): boolean => spec?.persistentVolumeReclaimPolicy === 'Delete';

/** Pure: a line for a volume that is left. */
export const volumeText = ({ metadata, spec }: PersistentVolume): string =>
  `PersistentVolume/${metadata.name}, of claim ${spec?.claimRef?.name}: ${
    spec?.persistentVolumeReclaimPolicy === 'Retain'
      ? 'its storage class retains volumes: it costs until somebody deletes it'
      : 'not gone yet'
  }`;

import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { fitted } from '../../split/index.ts';
import type { VolumeRecord } from '../model.ts';
import { SNAPSHOT_CONTENT, VOLUME_SNAPSHOT } from './marks.ts';

const GROUP = 'snapshot.storage.k8s.io';
const LONGEST = 253;

/** Pure: a claim whose volume begins as a snapshot was; the claim that there is stays as it is. `backup`: its id. */
export const claimFrom = (
  backup: string,
  { name, claim, size, storageClass, accessModes, mode }: VolumeRecord,
  namespace: string,
): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: fitted(`${claim}-${Number.parseInt(backup, 10)}`, LONGEST), namespace },
  spec: {
    ...(storageClass !== '' && { storageClassName: storageClass }),
    accessModes,
    volumeMode: mode,
    resources: { requests: { storage: size } },
    dataSource: { apiGroup: GROUP, kind: VOLUME_SNAPSHOT.kind, name },
  },
});

/** Pure: what makes a snapshot known again in a cluster, or a namespace, that has lost its VolumeSnapshot; its storage has to have kept it. */
export function importOf({ name, class: of, driver, handle, mode }: VolumeRecord, namespace: string): KubernetesObject[] {
  const content = fitted(`${namespace}-${name}`, LONGEST);
  return [
    {
      ...SNAPSHOT_CONTENT,
      metadata: { name: content },
      spec: {
        // What is imported goes only by its owner's hand.
        deletionPolicy: 'Retain',
        driver,
        source: { snapshotHandle: handle },
        sourceVolumeMode: mode,
        volumeSnapshotClassName: of,
        volumeSnapshotRef: { name, namespace },
      },
    },
    {
      ...VOLUME_SNAPSHOT,
      metadata: { name, namespace },
      spec: { volumeSnapshotClassName: of, source: { volumeSnapshotContentName: content } },
    },
  ];
}

import { createHash } from 'node:crypto';
import type { KindRef, KubernetesObject } from '../../interfaces/kubernetes.ts';
import { fitted } from '../../split/index.ts';

/** Id of the backup that an object belongs to. */
export const BACKUP_LABEL = 'todo-deploy.dev/backup';
/** There is a backup that it belongs to. */
export const KEPT_LABEL = 'todo-deploy.dev/backup-kept';
const OF_LABEL = 'todo-deploy.dev/backup-of';
const STORE_LABEL = 'todo-deploy.dev/backup-store';

/** What is read of it, as its definition has it. */
export interface VolumeSnapshot extends KubernetesObject {
  kind: 'VolumeSnapshot';
  status?: {
    readyToUse?: boolean;
    boundVolumeSnapshotContentName?: string;
    restoreSize?: string;
    error?: { message?: string; time?: string };
  };
}

const GROUP = 'snapshot.storage.k8s.io/v1';
export const VOLUME_SNAPSHOT: KindRef<VolumeSnapshot> = { apiVersion: GROUP, kind: 'VolumeSnapshot' };
export const SNAPSHOT_CONTENT: KindRef = { apiVersion: GROUP, kind: 'VolumeSnapshotContent' };
export const SNAPSHOT_CLASS: KindRef = { apiVersion: GROUP, kind: 'VolumeSnapshotClass' };

/** Whose backups they are, and where those are kept: what one storage does not hold another may. */
export interface Owner {
  release: string;
  /** Of the storage and the place in it. */
  store: string;
}

/** Pure: short enough for a label, and no address in it. */
const storeMark = (store: string): string => createHash('sha256').update(store).digest('hex').slice(0, 32);

export const marksOf = ({ release, store }: Owner, id: string): Record<string, string> => ({
  [BACKUP_LABEL]: id,
  [OF_LABEL]: release,
  [STORE_LABEL]: storeMark(store),
});

/** Exactly those of one app in one storage. */
export const ownSelector = ({ release, store }: Owner): string =>
  `${BACKUP_LABEL},${OF_LABEL}=${release},${STORE_LABEL}=${storeMark(store)}`;

const LONGEST = 253;
/** Names of objects have no capitals. */
export const nameFor = (id: string, more: string): string => fitted(`${id.toLowerCase()}-${more}`, LONGEST);

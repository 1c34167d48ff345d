import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Log } from '../../interfaces/log.ts';
import { messageOf } from '../../interfaces/values.ts';
import { FIELD_MANAGER } from '../../split/model.ts';
import { sequenceOf } from '../layout/ids.ts';
import { BACKUP_LABEL, KEPT_LABEL, type Owner, ownSelector, VOLUME_SNAPSHOT } from './marks.ts';

interface Tools {
  kubernetes: Kubernetes;
  log: Log;
}

/** A VolumeSnapshot of ours that the cluster holds. */
export interface HeldSnapshot {
  /** Of its backup. */
  id: string;
  name: string;
  uid: string;
  /** Its backup was finished once. */
  kept: boolean;
}

/** Those of an app's backups in one storage. */
export async function heldSnapshots(kubernetes: Kubernetes, owner: Owner): Promise<HeldSnapshot[]> {
  const { items } = await kubernetes.list(VOLUME_SNAPSHOT, { labelSelector: ownSelector(owner), metadataOnly: true });
  return items.flatMap(({ metadata: { name, uid, labels, deletionTimestamp } }) => {
    const id = labels?.[BACKUP_LABEL] ?? '';
    return uid === undefined || deletionTimestamp !== undefined || sequenceOf(id) === undefined
      ? []
      : [{ id, name, uid, kept: labels?.[KEPT_LABEL] === 'true' }];
  });
}

/** Once there is a backup that they belong to. What cannot be marked is taken for what a killed run left, should its backup ever be gone. */
export async function keepSnapshots({ kubernetes, log }: Tools, made: readonly Pick<HeldSnapshot, 'name' | 'uid'>[]): Promise<void> {
  for (const { name, uid } of made) {
    const metadata = { uid, labels: { [KEPT_LABEL]: 'true' } };
    await kubernetes
      .patch({ ...VOLUME_SNAPSHOT, name }, { metadata }, { type: 'merge', fieldManager: FIELD_MANAGER })
      .catch((error: unknown) => {
        log.warning(`VolumeSnapshot ${name} could not be marked as that of a backup: ${messageOf(error)}`);
      });
  }
}

/** What the storage says of backups that snapshots are held for. */
export interface Forgotten {
  /** Ids of which it has nothing. */
  gone: readonly string[];
  /** Sequence of the newest backup that a drill has restored; undefined where there is none. */
  newestGood: number | undefined;
}

/**
 * Pure: what may go: what belongs to no backup and never did; and as retention has it, what is older than the newest backup that a drill has
 * restored, so many at most. A storage that was emptied takes no snapshot with it.
 */
export function forgettable(held: readonly HeldSnapshot[], { gone, newestGood = 0 }: Forgotten, cap: number): HeldSnapshot[] {
  const lost = held.filter(({ id }) => gone.includes(id));
  const old = [...new Set(lost.filter(({ id, kept }) => kept && (sequenceOf(id) ?? 0) < newestGood).map(({ id }) => id))]
    .sort()
    .slice(0, cap);
  return lost.filter(({ id, kept }) => !kept || old.includes(id));
}

/** Removes exactly these, and none that was made anew under the same name. Resolves to their names; what does not go stays for the next run. */
export async function removeSnapshots(
  { kubernetes, log }: Tools,
  snapshots: readonly Pick<HeldSnapshot, 'name' | 'uid'>[],
): Promise<string[]> {
  const removed: string[] = [];
  for (const { name, uid } of snapshots) {
    try {
      await kubernetes.delete({ ...VOLUME_SNAPSHOT, name }, { uid });
      removed.push(name);
    } catch (error) {
      log.warning(`VolumeSnapshot ${name} could not be removed, and stays for the next run: ${messageOf(error)}`);
    }
  }
  return removed;
}

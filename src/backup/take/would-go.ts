import { inventory } from '../layout/inventory.ts';
import { type RetentionPolicy, retention } from '../retention/plan.ts';
import type { BackupTools } from '../tools.ts';

/** What retention would do now. */
export interface WouldGo {
  /** Ids, oldest first. */
  remove: string[];
  /** In later runs: one removes so many at most. */
  later: string[];
  /** Newest first. */
  stay: string[];
  because?: string | undefined;
  /** Folders that cannot be restored, and why. */
  damaged: { id: string; why: string }[];
  /** Folders without a manifest: a run that is under way, or what a killed one left. */
  unfinished: string[];
}

/** Reads what is stored, and writes nothing: the storage's clock is the time of the newest backup. */
export async function wouldGo({ store }: Pick<BackupTools, 'store'>, policy: RetentionPolicy): Promise<WouldGo> {
  const { backups, damaged, unfinished } = await inventory(store);
  const now = Math.max(0, ...backups.map(({ at }) => at));
  const { remove, later, because } = retention(backups, policy, now);
  const idsOf = (some: typeof backups) => some.map(({ manifest }) => manifest.id);
  return {
    remove: idsOf(remove),
    later: idsOf(later),
    stay: idsOf(backups.filter((backup) => !remove.includes(backup) && !later.includes(backup))),
    because,
    damaged: damaged.map(({ id, why }) => ({ id, why })),
    unfinished: unfinished.map(({ id }) => id),
  };
}

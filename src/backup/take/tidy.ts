import { messageOf } from '../../interfaces/values.ts';
import { inventory } from '../layout/inventory.ts';
import { MANIFEST, STARTED } from '../layout/paths.ts';
import type { StoredBackup } from '../model.ts';
import { type RetentionPolicy, retention } from '../retention/plan.ts';
import type { BackupTools } from '../tools.ts';

export interface Pruned {
  /** Ids. */
  removed: string[];
  /** The storage did not let go of them: they are locked, or the key may not. */
  locked: string[];
  later: string[];
  because?: string | undefined;
}

type Tools = Pick<BackupTools, 'store' | 'log'>;

/** Removes what the policy lets go. `now`: the storage's clock, ms. */
export async function prune({ store, log }: Tools, policy: RetentionPolicy, now: number): Promise<Pruned> {
  const { remove, later, because } = retention((await inventory(store)).backups, policy, now);
  const pruned: Pruned = { removed: [], locked: [], later: later.map(idOf), because };
  for (const backup of remove) {
    const gone = await removeBackup({ store, log }, backup);
    pruned[gone ? 'removed' : 'locked'].push(idOf(backup));
  }
  return pruned;
}

const idOf = ({ manifest }: StoredBackup): string => manifest.id;

/** The manifest first: a backup that is only half there is none. */
async function removeBackup({ store, log }: Tools, { manifest, paths }: StoredBackup): Promise<boolean> {
  const first = `${manifest.id}/${MANIFEST}`;
  if ((await store.remove(first)) === 'locked') return false;
  await removeAll(
    { store, log },
    paths.filter((path) => path !== first),
  );
  return true;
}

/** Resolves to how many the storage did not let go of; the next run finds them again. */
export async function removeAll({ store, log }: Tools, paths: readonly string[]): Promise<number> {
  const left: string[] = [];
  const isMark = (path: string) => Number(path.endsWith(`/${STARTED}`));
  for (const path of paths.toSorted((a, b) => isMark(a) - isMark(b))) {
    // As long as anything is there, it has to be known whose it is.
    const isNeeded = isMark(path) === 1 && left.some((other) => folderOf(other) === folderOf(path));
    if (!isNeeded && (await store.remove(path)) === 'removed') continue;
    left.push(path);
    log.debug(`The storage does not let go of ${path} yet`);
  }
  return left.length;
}

const folderOf = (path: string): string => path.slice(0, path.indexOf('/'));

/** After a failure: as much as goes. The next run removes the rest. */
export async function undoUpload({ store, log }: Tools, id: string): Promise<void> {
  try {
    const own = (await store.list()).map(({ path }) => path).filter((path) => path.startsWith(`${id}/`));
    const first = `${id}/${MANIFEST}`;
    await removeAll({ store, log }, own.includes(first) ? [first, ...own.filter((path) => path !== first)] : own);
  } catch (error) {
    log.warning(`What this run had stored stays for the next one to remove: ${messageOf(error)}`);
  }
}

/** What the storage says of backups that something is held for elsewhere. */
export interface Gone {
  /** Of those ids, the ones of which it has no object left. Of a run that is under way there is one from its begin on. */
  ids: string[];
  newestGood: number | undefined;
}

/** Looks once more, after all else. */
export async function goneOf({ store, log }: Tools, ids: readonly string[]): Promise<Gone> {
  if (ids.length === 0) return { ids: [], newestGood: undefined };
  try {
    const { backups, damaged, unfinished } = await inventory(store);
    const there = new Set([...backups.map(idOf), ...damaged.map(({ id }) => id), ...unfinished.map(({ id }) => id)]);
    const newestGood = backups.find(({ drilled }) => drilled === 'good')?.manifest.sequence;
    return { ids: ids.filter((id) => !there.has(id)), newestGood };
  } catch (error) {
    log.warning(`What is held for backups that are gone stays for the next run to remove: ${messageOf(error)}`);
    return { ids: [], newestGood: undefined };
  }
}

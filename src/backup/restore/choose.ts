import { ConfigurationError } from '../../interfaces/errors.ts';
import type { Inventory, StoredBackup } from '../model.ts';

/** A word, or a backup's id. */
export type From = 'latest' | 'latest-drilled' | 'random' | (string & {});

/** Pure. `random`: 0 up to, not including, 1. Throws ConfigurationError. */
export function chosen({ backups, damaged }: Inventory, from: From, random: number): StoredBackup {
  const [newest] = backups;
  if (!newest) throw new ConfigurationError('There is no backup at the destination', { hint: hintOf(damaged) });
  if (from === 'latest') return newest;
  if (from === 'random') return backups[Math.floor(random * backups.length)] ?? newest;
  const found = backups.find(({ manifest, drilled }) => (from === 'latest-drilled' ? drilled === 'good' : manifest.id === from));
  if (found) return found;
  const damage = damaged.find(({ id }) => id === from);
  if (damage) throw new ConfigurationError(`Backup ${from} is damaged: ${damage.why}`);
  const what = from === 'latest-drilled' ? 'No backup has been restored by a drill yet' : `There is no backup "${from}"`;
  throw new ConfigurationError(what, { hint: `There are: ${some(backups)}` });
}

const SHOWN = 5;
const some = (backups: readonly StoredBackup[]): string =>
  backups
    .slice(0, SHOWN)
    .map(({ manifest, drilled }) => `${manifest.id} (${drilled === 'good' ? 'restored by a drill' : 'not proved by a drill'})`)
    .join(', ');

const hintOf = (damaged: Inventory['damaged']): string | undefined =>
  damaged.length === 0 ? undefined : `Damaged: ${damaged.map(({ id, why }) => `${id} (${why})`).join(', ')}`;

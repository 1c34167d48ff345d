import { randomBytes } from 'node:crypto';
import type { CutOver } from '../../backup/index.ts';
import type { BackupManifest } from '../../backup/model.ts';

/** What the databases of a restore on the server that was dumped are called. */
export const namesOf = ({ source, sequence }: BackupManifest): CutOver => ({
  live: source.database,
  restored: `${source.database}_restored_${sequence}`,
  kept: `${source.database}_before_${sequence}`,
});

/** PostgreSQL cuts names at 63 bytes. */
const LONGEST = 32;

/** The same with names that no run has used: one that was killed may have left its own. */
export function freshNamesOf({ sequence }: BackupManifest, live: string): CutOver {
  const suffix = `${sequence}_${randomBytes(4).toString('hex')}`;
  const short = live.slice(0, LONGEST);
  return { live, restored: `${short}_restored_${suffix}`, kept: `${short}_before_${suffix}` };
}

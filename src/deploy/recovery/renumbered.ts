import { baseRecordOf } from '../../split/part/base-record.ts';
import { ownPart } from '../base/recorded.ts';
import type { AppContext } from '../run/run.ts';
import { basesLost } from '../state/base-entries.ts';

/**
 * Helm counts a release's revisions from one again after somebody has uninstalled it. Where the run in which that happened was killed, the
 * journal's numbers lead to bases of other versions, or will soon: no rollback may take one of them for its own.
 */
export async function forgetRenumbered({ journal, helm, options: { release } }: AppContext): Promise<void> {
  const newest = journal.journal.history.find(({ baseRevision }) => baseRevision > 0);
  const last = (await helm.history(release)).at(-1)?.revision;
  // With no revision at all, whoever makes the first one forgets them.
  if (!newest || last === undefined) return;
  if (newest.baseRevision <= last) {
    const recorded = ownPart(await helm.recordedPart(release, newest.baseRevision))?.part;
    const record = recorded && baseRecordOf(recorded);
    if (!record || newest.baseHash === '' || record.hash === newest.baseHash || record.version === newest.version) return;
  }
  await journal.update(basesLost);
}

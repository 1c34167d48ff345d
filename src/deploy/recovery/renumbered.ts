import { baseRecordOf } from '../../split/part/base-record.ts';
import { ownPart } from '../base/recorded.ts';
import { SECRET } from '../kube/names.ts';
import type { AppContext } from '../run/run.ts';
import { basesLost } from '../state/base-entries.ts';
import type { Deployed } from '../state/model.ts';

type Deps = Pick<AppContext, 'kubernetes' | 'helm' | 'options'>;

/**
 * Helm counts a release's revisions from one again after somebody has uninstalled it. Where the run in which that happened was killed, the
 * journal's numbers lead to bases of other versions, or will soon: no rollback may take one of them for its own.
 */
export async function forgetRenumbered(run: AppContext): Promise<void> {
  const { journal } = run;
  const newest = journal.journal.history.find(({ baseRevision }) => baseRevision > 0);
  if (newest && (await isRenumbered(run, newest))) await journal.update(basesLost);
}

async function isRenumbered({ kubernetes, helm, options: { release } }: Deps, entry: Deployed): Promise<boolean> {
  const { items } = await kubernetes.list(SECRET, { labelSelector: `owner=helm,name=${release}`, metadataOnly: true });
  const revisions = items
    .map(({ metadata: { labels, creationTimestamp = '' } }) => ({ revision: Number(labels?.version), at: Date.parse(creationTimestamp) }))
    .sort((one, other) => one.revision - other.revision);
  const [first, last] = [revisions[0], revisions.at(-1)];
  // With no revision at all, whoever makes the first one forgets them.
  if (!first || !last) return false;
  if (entry.baseRevision > last.revision) return true;
  // The first one is kept, and was made after this version served.
  if (first.revision !== 1 || first.at <= Date.parse(entry.at)) return false;
  const recorded = ownPart(await helm.recordedPart(release, entry.baseRevision))?.part;
  const record = recorded && baseRecordOf(recorded);
  return record !== undefined && record.hash !== entry.baseHash && record.version !== entry.version;
}

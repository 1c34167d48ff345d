import { stringify } from 'yaml';
import { claimFrom, importOf, reportedBeside } from '../../backup/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import type { RestoreInputs } from './inputs.ts';
import type { Report } from './report.ts';

/** Into the summary: what the backup holds beside its dump, and what brings a volume back. Nothing of it is touched by a restore. */
export function tellVolumes(
  { summary }: Pick<ActionContext, 'summary'>,
  { mode, app }: Pick<RestoreInputs, 'mode' | 'app'>,
  seen: Report,
): void {
  const { volumes = [], velero, more } = reportedBeside(seen);
  const backup = String(seen.backup);
  const lines = [
    ...volumes.map(({ name, claim, size, driver }) => `VolumeSnapshot ${name} of claim ${claim} (${size}, ${driver})`),
    ...(more > 0 ? [`${more} more: manifest.json of the backup names them`] : []),
    ...(velero ? [`Velero's Backup ${velero.namespace}/${velero.name}: velero restore create --from-backup ${velero.name}`] : []),
  ];
  if (lines.length === 0) return;
  summary.heading(3, 'Beside the database, and not restored by this');
  summary.list(lines);
  if (volumes.length === 0 || mode === 'drill') return;
  // A namespace that was gone has taken its VolumeSnapshots with it.
  const isNew = mode === 'disaster';
  const objects = volumes.flatMap((record) => [
    ...(isNew ? importOf(record, app.namespace) : []),
    claimFrom(backup, record, app.namespace),
  ]);
  summary.text(
    isNew
      ? 'Applied, these make the snapshots known again, where the storage has kept them, and a claim of each:'
      : 'Applied, these are claims whose volumes begin as the snapshots are; what there is stays as it is:',
  );
  summary.code(objects.map((object) => stringify(object)).join('---\n'), 'yaml');
}

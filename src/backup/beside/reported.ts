import { BESIDE_SHAPE } from '../layout/documents.ts';
import type { BackupManifest, Beside } from '../model.ts';

/** A Job's report has 4 KiB. */
const MOST = 5;

/** What the Job of a restore says of what its backup holds beside the dump. */
export const besideReport = ({ volumes, velero }: BackupManifest): Record<string, unknown> => ({
  ...(volumes && { volumes: volumes.slice(0, MOST), ...(volumes.length > MOST && { moreVolumes: volumes.length - MOST }) }),
  ...(velero && { velero }),
});

/** Pure: that, as it came; nothing where it is none. */
export function reportedBeside({ volumes, velero, moreVolumes }: Record<string, unknown>): Beside & { more: number } {
  const found = { volumes, velero } as Beside;
  return {
    ...(volumes !== undefined && BESIDE_SHAPE.volumes(volumes) && { volumes: found.volumes }),
    ...(velero !== undefined && BESIDE_SHAPE.velero(velero) && { velero: found.velero }),
    more: typeof moreVolumes === 'number' ? moreVolumes : 0,
  } as Beside & { more: number };
}

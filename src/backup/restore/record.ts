import { written } from '../layout/documents.ts';
import { drillName } from '../layout/paths.ts';
import type { DrillRecord } from '../model.ts';
import type { BackupTools } from '../tools.ts';

const SHOWN = 50;

/** Writes beside a backup what a drill found: retention removes older ones only then. `run`: a name of its own for each drill. */
export async function recordDrill(
  { store }: Pick<BackupTools, 'store'>,
  { id, differences, seconds, run }: { id: string; differences: readonly string[]; seconds: Record<string, number>; run: string },
): Promise<DrillRecord> {
  const equal = differences.length === 0;
  const record: DrillRecord = { schema: 1, backup: id, equal, differences: differences.slice(0, SHOWN), seconds };
  await store.putText(`${id}/${drillName(run)}`, written(record));
  return record;
}

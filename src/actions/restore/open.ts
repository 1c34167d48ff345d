import { type JobTools, READY_FILE, type RecoveryPoint, takeRecoveryPoint } from '../../backup/index.ts';
import { prepare } from '../shared/backup/cluster.ts';
import type { RestoreInputs } from './inputs.ts';

/** Opens a backup by a Job beside, and takes what it knows of its app. */
export async function openBackup(inputs: RestoreInputs, tools: JobTools): Promise<RecoveryPoint> {
  const args = ['recovery-job', `--from=${inputs.from}`, `--ready-file=${READY_FILE}`];
  const wanted = { what: 'recovery', args, database: {}, databaseBeside: true, readyFile: READY_FILE } as const;
  const { run } = await prepare(tools.kubernetes, inputs, { ...wanted, secrets: { AGE_IDENTITY: inputs.identity } });
  return takeRecoveryPoint(run, tools);
}

import { chosen, fetchRecoveryPoint, inventory, recoveryPointText } from '../../backup/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { serveAnswer } from '../../tools/answer-server.ts';
import { backupTools } from '../shared/backup/tools.ts';
import type { RecoveryJobInputs } from './inputs.ts';

/** What the Job runs that a drill and a disaster begin with: opens a backup, and gives its recovery point to whoever connects, until it is ended. */
export async function runRecoveryJob(context: ActionContext, inputs: RecoveryJobInputs): Promise<void> {
  const { app, destination, keys, scratch, timeoutMs, from, identity, port, readyFile } = inputs;
  const tools = backupTools(context, { app, destination, keys, scratch, timeoutMs, failure: 'backup-failed' });
  try {
    const { manifest } = chosen(await inventory(tools.store), from, Math.random());
    context.setOutput('backup', manifest.id);
    const identityFile = context.temp.file('identity', `${identity.trim()}\n`);
    const point = await fetchRecoveryPoint(tools, manifest, identityFile);
    context.log.info(`Backup ${manifest.id} holds ${Object.keys(point.releases).length} record(s) of Helm`);
    await serveAnswer({ text: recoveryPointText(point), port, readyFile, signal: context.signal });
  } finally {
    tools.close();
  }
}

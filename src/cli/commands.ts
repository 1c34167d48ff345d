import { readBackupInputs } from '../actions/backup/inputs.ts';
import { runBackup } from '../actions/backup/run.ts';
import { readBackupJobInputs } from '../actions/backup-job/inputs.ts';
import { runBackupJob } from '../actions/backup-job/run.ts';
import { readBuildPushInputs } from '../actions/build-push/inputs.ts';
import { afterBuild } from '../actions/build-push/post.ts';
import { runBuildPush } from '../actions/build-push/run.ts';
import { readDeployInputs } from '../actions/deploy/inputs.ts';
import { afterDeploy } from '../actions/deploy/post.ts';
import { runDeploy } from '../actions/deploy/run.ts';
import { doctorOfCheckout } from '../actions/doctor/run.ts';
import { readInitInputs } from '../actions/init/inputs.ts';
import { runInit } from '../actions/init/run.ts';
import { readJanitorInputs } from '../actions/janitor/inputs.ts';
import { runJanitor } from '../actions/janitor/run.ts';
import { readPipelineInputs } from '../actions/pipeline/inputs.ts';
import { afterPipeline } from '../actions/pipeline/post.ts';
import { runPipeline } from '../actions/pipeline/run.ts';
import { readInputs as readPreviewInputs } from '../actions/preview/main.ts';
import { afterPreview } from '../actions/preview/post.ts';
import { runPreview } from '../actions/preview/run.ts';
import { readRecoveryJobInputs } from '../actions/recovery-job/inputs.ts';
import { runRecoveryJob } from '../actions/recovery-job/run.ts';
import { readRemoveInputs } from '../actions/remove/inputs.ts';
import { runRemove } from '../actions/remove/run.ts';
import { readRestoreInputs } from '../actions/restore/inputs.ts';
import { runRestore } from '../actions/restore/run.ts';
import { readRestoreJobInputs } from '../actions/restore-job/inputs.ts';
import { runRestoreJob } from '../actions/restore-job/run.ts';
import { readRollbackInputs } from '../actions/rollback/inputs.ts';
import { afterRollback } from '../actions/rollback/post.ts';
import { runRollback } from '../actions/rollback/run.ts';
import { smokeTest } from '../actions/smoke-test/main.ts';
import { readStatusInputs } from '../actions/status/inputs.ts';
import { runStatus } from '../actions/status/run.ts';
import type { ActionContext } from '../runtime/action.ts';
import { BACKUP_JOB, DOCTOR, INIT, type OwnMetadata, RECOVERY_JOB, RESTORE_JOB } from './own-metadata.ts';

export interface Command {
  name: string;
  /** Of its action, or of the one whose inputs it takes. */
  folder: string;
  /** Of a command that is no action. */
  own?: OwnMetadata;
  run(context: ActionContext): Promise<unknown>;
  /** What a workflow does in the post step. */
  after?(context: ActionContext): Promise<void>;
  /** Also after a success. */
  afterAlways?: boolean;
}

export const COMMANDS: readonly Command[] = [
  { name: 'init', folder: 'actions/deploy', own: INIT, run: (context) => runInit(context, readInitInputs(context)) },
  { name: 'doctor', folder: 'actions/deploy', own: DOCTOR, run: (context) => doctorOfCheckout(context) },
  {
    name: 'pipeline',
    folder: '.',
    run: (context) => runPipeline(context, readPipelineInputs(context)),
    after: afterPipeline,
    afterAlways: true,
  },
  { name: 'deploy', folder: 'actions/deploy', run: (context) => runDeploy(context, readDeployInputs(context)), after: afterDeploy },
  {
    name: 'rollback',
    folder: 'actions/rollback',
    run: (context) => runRollback(context, readRollbackInputs(context)),
    after: afterRollback,
  },
  {
    name: 'preview',
    folder: 'actions/preview',
    run: (context) => runPreview(context, readPreviewInputs(context)),
    after: afterPreview,
  },
  { name: 'remove', folder: 'actions/remove', run: (context) => runRemove(context, readRemoveInputs(context)) },
  { name: 'janitor', folder: 'actions/janitor', run: (context) => runJanitor(context, readJanitorInputs(context)) },
  { name: 'smoke-test', folder: 'actions/smoke-test', run: smokeTest },
  { name: 'status', folder: 'actions/status', run: (context) => runStatus(context, readStatusInputs(context)) },
  {
    name: 'build-push',
    folder: 'actions/build-push',
    run: (context) => runBuildPush(context, readBuildPushInputs(context)),
    after: afterBuild,
    afterAlways: true,
  },
  { name: 'backup', folder: 'actions/backup', run: (context) => runBackup(context, readBackupInputs(context)) },
  { name: 'restore', folder: 'actions/restore', run: (context) => runRestore(context, readRestoreInputs(context)) },
  {
    name: 'backup-job',
    folder: 'actions/deploy',
    own: BACKUP_JOB,
    run: (context) => runBackupJob(context, readBackupJobInputs(context)),
  },
  {
    name: 'restore-job',
    folder: 'actions/deploy',
    own: RESTORE_JOB,
    run: (context) => runRestoreJob(context, readRestoreJobInputs(context)),
  },
  {
    name: 'recovery-job',
    folder: 'actions/deploy',
    own: RECOVERY_JOB,
    run: (context) => runRecoveryJob(context, readRecoveryJobInputs(context)),
  },
];

import { type RetentionPolicy, readRecipients } from '../../backup/index.ts';
import { ConfigurationError } from '../../interfaces/errors.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { type AlarmInputs, readAlarm } from '../shared/alarm/inputs.ts';
import { type JobInputs, readJobInputs } from '../shared/backup/cluster.ts';
import { KEEP, readPolicy } from '../shared/backup/policy.ts';
import { readDestination, readStorageKeys } from '../shared/backup/storage.ts';
import { type ClusterInputs, readClusterInputs } from '../shared/cluster-access.ts';
import { readRelease } from '../shared/release-inputs.ts';

export interface BackupInputs extends JobInputs {
  cluster: ClusterInputs;
  recipients: string[];
  /** As it was written. */
  keep: string;
  policy: RetentionPolicy;
  /** A cron expression: a CronJob is installed, and no backup is taken now. */
  schedule: string | undefined;
  /** Nothing is taken or removed: what retention would remove is shown. */
  dryRun: boolean;
  alarm: AlarmInputs;
}

const CRON = /^(@(hourly|daily|weekly|monthly)|(\S+\s+){4}\S+)$/;

/** The only reader of the action's inputs. Throws ConfigurationError before anything is touched. */
export function readBackupInputs(context: ActionContext): BackupInputs {
  const { inputs } = context;
  const release = readRelease(inputs);
  const job = readJobInputs(context);
  const cluster = readClusterInputs(context, release, job.timeoutMs);
  const schedule = inputs.optional('schedule', { pattern: CRON, describe: 'a cron expression such as "17 3 * * *"' });
  const dryRun = inputs.boolean('dry-run', false);
  if (dryRun && schedule !== undefined) {
    throw new ConfigurationError('Inputs "dry-run" and "schedule" exclude each other: a dry run shows what would be removed now', {
      hint: 'Leave one of them out.',
    });
  }
  return {
    ...job,
    cluster,
    app: { release, namespace: cluster.namespace },
    destination: readDestination(context),
    recipients: readRecipients(inputs.string('recipients', { required: true, pattern: /^/ })),
    keep: inputs.string('keep', { default: KEEP, pattern: /^/ }).replace(/\s+/g, ' ').trim(),
    policy: readPolicy(context),
    keys: readStorageKeys(context),
    schedule,
    dryRun,
    alarm: readAlarm(context),
  };
}

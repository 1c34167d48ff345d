import { type RetentionPolicy, readRecipients, SNAPSHOTS, type Snapshots } from '../../backup/index.ts';
import { ConfigurationError } from '../../interfaces/errors.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { type AlarmInputs, readAlarm } from '../shared/alarm/inputs.ts';
import { type JobInputs, readJobInputs } from '../shared/backup/cluster.ts';
import { KEEP, readPolicy } from '../shared/backup/policy.ts';
import { readDestination, readStorageKeys } from '../shared/backup/storage.ts';
import { type ClusterInputs, NAME, readClusterInputs } from '../shared/cluster-access.ts';
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
  snapshots: Snapshots;
  /** Velero's namespace; undefined: it is not asked. */
  velero: string | undefined;
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
  const snapshots = inputs.choice('volume-snapshots', SNAPSHOTS, 'auto');
  const velero = readVelero(inputs);
  if (schedule !== undefined) requireNoAccount(snapshots, velero);
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
    snapshots,
    velero,
  };
}

/** `true`, or the namespace that Velero is in. */
function readVelero(inputs: ActionContext['inputs']): string | undefined {
  const text = inputs.string('velero', { default: 'false', pattern: NAME, describe: 'true, false, or the namespace of Velero' });
  return { true: 'velero', false: undefined }[text] ?? (text === 'false' ? undefined : text);
}

/** The pods of a CronJob have no account: whoever takes snapshots is this action. */
function requireNoAccount(snapshots: Snapshots, velero: string | undefined): void {
  const asked = [...(snapshots === 'require' ? ['"volume-snapshots" (require)'] : []), ...(velero === undefined ? [] : ['"velero"'])];
  if (asked.length === 0) return;
  const one = asked.length === 1;
  throw new ConfigurationError(
    `Inputs "schedule" and ${asked.join(', ')} exclude each other: the CronJob's pods have no account that could ask for ${one ? 'it' : 'them'}`,
    { hint: "Run this action by a workflow's schedule instead; for Velero alone, velero schedule create." },
  );
}

import { RECOVERY_PORT, type RetentionPolicy, readRecipients } from '../../backup/index.ts';
import type { App } from '../../backup/model.ts';
import type { DatabaseAddress } from '../../interfaces/postgres.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { type AlarmInputs, readAlarm } from '../shared/alarm/inputs.ts';
import { readApp } from '../shared/backup/app.ts';
import { readDatabase } from '../shared/backup/database.ts';
import { readPolicy } from '../shared/backup/policy.ts';
import { type Destination, readDestination, readStorageKeys, type StorageKeys } from '../shared/backup/storage.ts';

export interface BackupJobInputs {
  app: App;
  destination: Destination;
  keys: StorageKeys;
  policy: RetentionPolicy;
  /** undefined: nothing is taken, and what retention would remove is shown. */
  take: TakeInputs | undefined;
  alarm: AlarmInputs;
  compress: string | undefined;
  scratch: string;
  timeoutMs: number;
}

interface TakeInputs {
  address: DatabaseAddress;
  recipients: string[];
  jobs: number;
  include: string | undefined;
  /** For a server that a policy or its start keeps away for a moment. */
  waitMs: number;
  /** undefined: nothing goes with it but the dump. */
  beside: { port: number; readyFile: string; limitMs: number } | undefined;
  held: string[];
}

const DAY = 86_400_000;

/** The only reader of the command's inputs. Throws ConfigurationError before anything is touched. */
export function readBackupJobInputs(context: ActionContext): BackupJobInputs {
  const { inputs, env } = context;
  return {
    app: readApp(context),
    destination: readDestination(context),
    policy: readPolicy(context),
    keys: readStorageKeys(context),
    take: inputs.boolean('dry-run', false) ? undefined : readTake(context),
    alarm: readAlarm(context),
    compress: inputs.optional('compress', { pattern: /^(none|(gzip|lz4|zstd)(:\d{1,2})?|\d)$/, describe: 'zstd:3, gzip:6, lz4 or none' }),
    scratch: inputs.path('scratch', { default: env.tempDir, mustExist: 'directory' }),
    timeoutMs: inputs.duration('timeout', '6h', { min: 10_000, max: DAY }),
  };
}

function readTake(context: ActionContext): TakeInputs {
  const { inputs } = context;
  return {
    recipients: readRecipients(inputs.string('recipients', { required: true, pattern: /^/ })),
    address: readDatabase(context),
    jobs: inputs.integer('jobs', { default: 2, min: 1, max: 64 }),
    include: inputs.path('include', { mustExist: 'directory' }) || undefined,
    waitMs: inputs.duration('wait', '0s', { max: 3_600_000 }),
    beside: readBeside(inputs),
    held: inputs.list('held', { pattern: /^\d{6,9}-\d{8}T\d{6}Z-[0-9a-f]{6}$/, describe: 'ids of backups' }),
  };
}

function readBeside(inputs: ActionContext['inputs']): TakeInputs['beside'] {
  const limitMs = inputs.duration('beside', '0s', { max: DAY });
  if (limitMs === 0) return undefined;
  return {
    limitMs,
    port: inputs.integer('port', { default: RECOVERY_PORT, min: 1024, max: 65_535 }),
    readyFile: inputs.required('ready-file', { pattern: /^\/[\w./-]+$/, describe: 'the path of a file' }),
  };
}

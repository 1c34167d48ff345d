import { type RetentionPolicy, readRecipients } from '../../backup/index.ts';
import type { App } from '../../backup/model.ts';
import type { DatabaseAddress } from '../../interfaces/postgres.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { readApp } from '../shared/backup/app.ts';
import { readDatabase } from '../shared/backup/database.ts';
import { readPolicy } from '../shared/backup/policy.ts';
import { type Destination, readDestination, readStorageKeys, type StorageKeys } from '../shared/backup/storage.ts';

export interface BackupJobInputs {
  app: App;
  address: DatabaseAddress;
  destination: Destination;
  keys: StorageKeys;
  recipients: string[];
  policy: RetentionPolicy;
  jobs: number;
  include: string | undefined;
  compress: string | undefined;
  scratch: string;
  /** For a server that a policy or its start keeps away for a moment. */
  waitMs: number;
  timeoutMs: number;
}

const DAY = 86_400_000;

/** The only reader of the command's inputs. Throws ConfigurationError before anything is touched. */
export function readBackupJobInputs(context: ActionContext): BackupJobInputs {
  const { inputs, env } = context;
  return {
    app: readApp(context),
    destination: readDestination(context),
    recipients: readRecipients(inputs.string('recipients', { required: true, pattern: /^/ })),
    policy: readPolicy(context),
    keys: readStorageKeys(context),
    address: readDatabase(context),
    jobs: inputs.integer('jobs', { default: 2, min: 1, max: 64 }),
    compress: inputs.optional('compress', { pattern: /^(none|(gzip|lz4|zstd)(:\d{1,2})?|\d)$/, describe: 'zstd:3, gzip:6, lz4 or none' }),
    include: inputs.path('include', { mustExist: 'directory' }) || undefined,
    scratch: inputs.path('scratch', { default: env.tempDir, mustExist: 'directory' }),
    waitMs: inputs.duration('wait', '0s', { max: 3_600_000 }),
    timeoutMs: inputs.duration('timeout', '6h', { min: 10_000, max: DAY }),
  };
}

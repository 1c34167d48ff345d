import type { App } from '../../backup/model.ts';
import { ConfigurationError } from '../../interfaces/errors.ts';
import type { DatabaseAddress } from '../../interfaces/postgres.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { readApp } from '../shared/backup/app.ts';
import { readDatabase } from '../shared/backup/database.ts';
import { type Destination, readDestination, readStorageKeys, type StorageKeys } from '../shared/backup/storage.ts';

export const RESTORE_MODES = ['drill', 'into', 'cut-over', 'undo'] as const;

export interface RestoreJobInputs {
  app: App;
  mode: (typeof RESTORE_MODES)[number];
  /** `latest`, `latest-drilled`, `random`, or an id. */
  from: string;
  /** A private key of age; empty where nothing has to be opened. */
  identity: string;
  /** Of a database that is there; the new one is made beside it. */
  address: DatabaseAddress;
  /** The new database; undefined for one that is called after the backup. */
  target: string | undefined;
  confirm: string | undefined;
  destination: Destination;
  keys: StorageKeys;
  jobs: number;
  scratch: string;
  timeoutMs: number;
}

const DAY = 86_400_000;
const FROM = /^(latest|latest-drilled|random|\d{6,9}-\d{8}T\d{6}Z-[0-9a-f]{6})$/;

/** The only reader of the command's inputs. Throws ConfigurationError before anything is touched. */
export function readRestoreJobInputs(context: ActionContext): RestoreJobInputs {
  const { inputs, env } = context;
  const mode = inputs.choice('mode', RESTORE_MODES, 'drill');
  const identity = inputs.secret('identity');
  if (['drill', 'into'].includes(mode) && !/^AGE-SECRET-KEY-1/m.test(identity)) {
    throw new ConfigurationError(`Input "identity" ${identity === '' ? 'is missing' : 'holds no private key of age'}`, {
      hint: 'It is the whole file that age-keygen wrote, or its line that begins with AGE-SECRET-KEY-1.',
    });
  }
  return {
    app: readApp(context),
    mode,
    from: inputs.string('from', {
      default: mode === 'drill' ? 'latest' : 'latest-drilled',
      pattern: FROM,
      describe: 'latest, latest-drilled, random or the id of a backup',
    }),
    identity,
    destination: readDestination(context),
    keys: readStorageKeys(context),
    address: readDatabase(context),
    target: inputs.optional('target', { pattern: /^[^-\0\n][^\0\n]{0,62}$/, describe: 'the name of a database' }),
    confirm: inputs.optional('confirm', { pattern: /^/ }),
    jobs: inputs.integer('jobs', { default: 2, min: 1, max: 64 }),
    scratch: inputs.path('scratch', { default: env.tempDir, mustExist: 'directory' }),
    timeoutMs: inputs.duration('timeout', '6h', { min: 10_000, max: DAY }),
  };
}

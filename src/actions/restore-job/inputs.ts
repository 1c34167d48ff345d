import type { Login } from '../../backup/index.ts';
import type { App } from '../../backup/model.ts';
import type { DatabaseAddress } from '../../interfaces/postgres.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { readApp } from '../shared/backup/app.ts';
import { readDatabase } from '../shared/backup/database.ts';
import { readFrom } from '../shared/backup/from.ts';
import { readHoldWrites } from '../shared/backup/hold-writes.ts';
import { readIdentity } from '../shared/backup/identity.ts';
import { type Destination, readDestination, readStorageKeys, type StorageKeys } from '../shared/backup/storage.ts';

const RESTORE_MODES = ['drill', 'into', 'replace', 'cut-over', 'undo'] as const;
/** Those that open a backup. */
const OPENING = ['drill', 'into', 'replace'];

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
  /** After `into`: the app may only read, until names are changed. */
  holdWrites: boolean;
  /** The server is there for this alone: its roles become those of the source. */
  fresh: boolean;
  /** A role that gets a password where the backup holds none. */
  login: Login | undefined;
  destination: Destination;
  keys: StorageKeys;
  jobs: number;
  scratch: string;
  /** For a server that a policy or its start keeps away for a moment. */
  waitMs: number;
  timeoutMs: number;
}

const DAY = 86_400_000;

/** The only reader of the command's inputs. Throws ConfigurationError before anything is touched. */
export function readRestoreJobInputs(context: ActionContext): RestoreJobInputs {
  const { inputs, env } = context;
  const mode = inputs.choice('mode', RESTORE_MODES, 'drill');
  const identity = OPENING.includes(mode) ? readIdentity(inputs) : inputs.secret('identity');
  const from = readFrom(inputs, mode);
  return {
    app: readApp(context),
    mode,
    from,
    identity,
    destination: readDestination(context),
    keys: readStorageKeys(context),
    address: readDatabase(context),
    target: inputs.optional('target', { pattern: /^[^-\0\n][^\0\n]{0,62}$/, describe: 'the name of a database' }),
    confirm: inputs.optional('confirm', { pattern: /^/ }),
    holdWrites: readHoldWrites(inputs, mode),
    fresh: inputs.boolean('fresh', mode === 'drill'),
    login: readLogin(inputs),
    jobs: inputs.integer('jobs', { default: 2, min: 1, max: 64 }),
    scratch: inputs.path('scratch', { default: env.tempDir, mustExist: 'directory' }),
    waitMs: inputs.duration('wait', '0s', { max: 3_600_000 }),
    timeoutMs: inputs.duration('timeout', '6h', { min: 10_000, max: DAY }),
  };
}

function readLogin(inputs: ActionContext['inputs']): Login | undefined {
  const [user, password] = [inputs.optional('login-user', { pattern: /^[^\0\n]+$/ }), inputs.secret('login-password')];
  return user !== undefined && password !== '' ? { user, password } : undefined;
}

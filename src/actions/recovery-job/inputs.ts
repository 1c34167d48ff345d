import { RECOVERY_PORT } from '../../backup/index.ts';
import type { App } from '../../backup/model.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { readApp } from '../shared/backup/app.ts';
import { readFrom } from '../shared/backup/from.ts';
import { readIdentity } from '../shared/backup/identity.ts';
import { type Destination, readDestination, readStorageKeys, type StorageKeys } from '../shared/backup/storage.ts';

export interface RecoveryJobInputs {
  app: App;
  /** `latest`, `latest-drilled`, `random`, or an id. */
  from: string;
  /** A private key of age. */
  identity: string;
  destination: Destination;
  keys: StorageKeys;
  /** On the loopback address. */
  port: number;
  /** A file that is there while it answers. */
  readyFile: string;
  scratch: string;
  timeoutMs: number;
}

const DAY = 86_400_000;

/** The only reader of the command's inputs. Throws ConfigurationError before anything is touched. */
export function readRecoveryJobInputs(context: ActionContext): RecoveryJobInputs {
  const { inputs, env } = context;
  return {
    app: readApp(context),
    from: readFrom(inputs, 'drill'),
    identity: readIdentity(inputs),
    destination: readDestination(context),
    keys: readStorageKeys(context),
    port: inputs.integer('port', { default: RECOVERY_PORT, min: 1024, max: 65_535 }),
    readyFile: inputs.required('ready-file', { pattern: /^\/[\w./-]+$/, describe: 'the path of a file' }),
    scratch: inputs.path('scratch', { default: env.tempDir, mustExist: 'directory' }),
    timeoutMs: inputs.duration('timeout', '6h', { min: 10_000, max: DAY }),
  };
}

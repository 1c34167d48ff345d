import type { SecretValue } from '../../deploy/run/options.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { readSecrets } from '../deploy/secrets.ts';
import { type AlarmInputs, readAlarm } from '../shared/alarm/inputs.ts';
import { IMAGE, type JobInputs, readJobInputs } from '../shared/backup/cluster.ts';
import { readFrom } from '../shared/backup/from.ts';
import { readHoldWrites } from '../shared/backup/hold-writes.ts';
import { readIdentity } from '../shared/backup/identity.ts';
import { readDestination, readStorageKeys } from '../shared/backup/storage.ts';
import { type ClusterInputs, readClusterInputs } from '../shared/cluster-access.ts';
import { readRelease } from '../shared/release-inputs.ts';

const MODES = ['drill', 'into', 'cut-over', 'undo', 'disaster'] as const;
/** Those that open a backup. */
const OPENING = ['drill', 'into', 'disaster'];

export interface RestoreInputs extends JobInputs {
  cluster: ClusterInputs;
  mode: (typeof MODES)[number];
  from: string;
  identity: string;
  target: string | undefined;
  confirm: string | undefined;
  /** After `into`: the app may only read, until names are changed. */
  holdWrites: boolean;
  /** undefined: of the version that was dumped. */
  postgresImage: string | undefined;
  /** Whether a drill starts the app of the recovery point on what it has restored. */
  startApp: boolean;
  /** What the app needs, and its record does not hold. */
  secrets: SecretValue[];
  alarm: AlarmInputs;
}

/** The only reader of the action's inputs. Throws ConfigurationError before anything is touched. */
export function readRestoreInputs(context: ActionContext): RestoreInputs {
  const { inputs } = context;
  const secrets = readSecrets(inputs);
  const release = readRelease(inputs);
  const job = readJobInputs(context);
  const mode = inputs.choice('mode', MODES, 'drill');
  const identity = OPENING.includes(mode) ? readIdentity(inputs) : inputs.secret('identity');
  const cluster = readClusterInputs(context, release, job.timeoutMs);
  const from = readFrom(inputs, mode);
  return {
    ...job,
    cluster,
    app: { release, namespace: cluster.namespace },
    mode,
    identity,
    from,
    target: inputs.optional('target', { pattern: /^[A-Za-z_][\w$]{0,62}$/, describe: 'the name of a database: letters, digits and _' }),
    confirm: inputs.optional('confirm', { pattern: /^[^\0\n$]+$/ }),
    holdWrites: readHoldWrites(inputs, mode),
    postgresImage: inputs.optional('postgres-image', { pattern: IMAGE, describe: 'an image such as postgres:17' }),
    startApp: inputs.boolean('start-app', true),
    secrets,
    alarm: readAlarm(context),
    destination: readDestination(context),
    keys: readStorageKeys(context),
  };
}

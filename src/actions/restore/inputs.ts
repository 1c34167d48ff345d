import { ConfigurationError } from '../../interfaces/errors.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { type AlarmInputs, readAlarm } from '../shared/alarm/inputs.ts';
import { type JobInputs, readImage, readJobInputs } from '../shared/backup/cluster.ts';
import { readFrom } from '../shared/backup/from.ts';
import { readDestination, readStorageKeys } from '../shared/backup/storage.ts';
import { type ClusterInputs, readClusterInputs } from '../shared/cluster-access.ts';
import { readRelease } from '../shared/release-inputs.ts';

const MODES = ['drill', 'into', 'cut-over', 'undo'] as const;

export interface RestoreInputs extends JobInputs {
  cluster: ClusterInputs;
  mode: (typeof MODES)[number];
  from: string;
  identity: string;
  target: string | undefined;
  confirm: string | undefined;
  postgresImage: string;
  alarm: AlarmInputs;
}

/** The only reader of the action's inputs. Throws ConfigurationError before anything is touched. */
export function readRestoreInputs(context: ActionContext): RestoreInputs {
  const { inputs } = context;
  const identity = inputs.secret('identity');
  const release = readRelease(inputs);
  const job = readJobInputs(context);
  const mode = inputs.choice('mode', MODES, 'drill');
  if (['drill', 'into'].includes(mode) && !/^AGE-SECRET-KEY-1/m.test(identity)) {
    throw new ConfigurationError(`Input "identity" ${identity === '' ? 'is missing' : 'holds no private key of age'}`, {
      hint: 'It is the whole file that age-keygen wrote, or its line that begins with AGE-SECRET-KEY-1, as a secret of this environment.',
    });
  }
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
    alarm: readAlarm(context),
    postgresImage: readImage(inputs, 'postgres-image', 'postgres:17'),
    destination: readDestination(context),
    keys: readStorageKeys(context),
  };
}

import { ConfigurationError } from '../../interfaces/errors.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { type ClusterInputs, readClusterInputs } from '../shared/cluster-access.ts';
import { readRelease } from '../shared/release-inputs.ts';

export interface RemoveInputs {
  cluster: ClusterInputs;
  release: string;
  claims: boolean;
  secrets: boolean;
  timeoutMs: number;
  dryRun: boolean;
}

/** The only reader of the action's inputs. Throws ConfigurationError before anything is touched. */
export function readRemoveInputs(context: ActionContext): RemoveInputs {
  const { inputs } = context;
  const release = readRelease(inputs);
  const dryRun = inputs.boolean('dry-run', false);
  requireConfirmed(release, inputs.string('confirm', { pattern: /^/ }), dryRun);
  return {
    cluster: readClusterInputs(context, release),
    release,
    claims: inputs.boolean('delete-claims', false),
    secrets: inputs.boolean('delete-secrets', false),
    timeoutMs: inputs.duration('timeout', '10m', { min: 1_000, max: 86_400_000 }),
    dryRun,
  };
}

function requireConfirmed(release: string, confirm: string, dryRun: boolean): void {
  if (dryRun || confirm === release) return;
  throw new ConfigurationError(`Input "confirm" is "${confirm}": it has to be the release, "${release}", for the app to be removed`, {
    hint: 'The input "dry-run" shows what would go, and what would stay.',
  });
}

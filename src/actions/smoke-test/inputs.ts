import { ConfigurationError } from '../../interfaces/errors.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { parseSmoke } from '../../smoke/index.ts';
import type { SmokeTestOptions } from './run.ts';

const RELEASE = /^[a-z0-9]([-a-z0-9]{0,51}[a-z0-9])?$/;

/** The only reader of this action's own inputs (those of cluster access are read by `shared/cluster-access.ts`). */
export function readSmokeTestInputs({ inputs }: Pick<ActionContext, 'inputs'>): SmokeTestOptions & { release?: string | undefined } {
  const checks = parseSmoke(inputs.yaml('smoke'));
  if (checks.length === 0) {
    throw new ConfigurationError('Input "smoke" is empty: expected a list of checks', {
      hint: 'for example - {service: todo-backend, path: /health, json: {status: healthy}}',
    });
  }
  const appUrl = inputs.optional('url', { pattern: /^https?:\/\/[^\s/@#?]+(?:\/[^\s#?@]*)?$/, describe: 'an http or https URL' });
  const bare = checks.find((check) => check.url === undefined && check.service === undefined);
  if (bare !== undefined && appUrl === undefined) {
    throw new ConfigurationError(`Input "smoke": check "${bare.name}" has neither "url" nor "service"`, {
      hint: 'name one, or set the input "url"',
    });
  }
  const release = inputs.optional('release', { pattern: RELEASE, describe: 'a Helm release such as todo' });
  return {
    checks,
    release,
    appUrl,
    retries: inputs.integer('retries', { default: 5, max: 1000 }),
    intervalMs: inputs.duration('interval', '2s', { max: 600_000 }),
    timeoutMs: inputs.duration('timeout', '60s', { min: 1000, max: 24 * 3_600_000 }),
  };
}

/** Whether any check goes into the cluster. */
export const needsCluster = ({ checks }: SmokeTestOptions): boolean => checks.some((check) => check.service !== undefined);

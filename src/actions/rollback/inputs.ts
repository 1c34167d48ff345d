import { parseTarget, type Target } from '../../deploy/rollback/index.ts';
import { ConfigurationError } from '../../interfaces/errors.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { parseSmoke } from '../../smoke/index.ts';
import type { SmokeCheck } from '../../smoke/model.ts';
import { DAY, longestMs, RELEASE, readKeepOld, readUrl } from '../deploy/inputs.ts';
import { type ClusterInputs, readClusterInputs } from '../shared/cluster-access.ts';

export interface RollbackInputs {
  cluster: ClusterInputs;
  release: string;
  to: Target;
  toText: string;
  list: boolean;
  reason: string | undefined;
  /** undefined: what was recorded with the version. */
  smoke: SmokeCheck[] | undefined;
  url: string | undefined;
  timeoutMs: number;
  bakeMs: number;
  drainMs: number;
  keepOld: 'zero' | 'warm' | 'remove';
  allowIrreversible: boolean;
  dryRun: boolean;
}

const REASON_LENGTH = 500;

/** The only reader of the action's inputs. Throws ConfigurationError before anything is touched. */
export function readRollbackInputs(context: ActionContext): RollbackInputs {
  const { inputs } = context;
  const release = inputs.required('release', {
    pattern: RELEASE,
    describe: 'a Helm release name such as todo: at most 47 lower-case letters, digits and "-"',
  });
  const toText = inputs.string('to', { default: 'previous', pattern: /^/ });
  const smoke = inputs.yaml('smoke');
  const timeoutMs = inputs.duration('timeout', '10m', { min: 1_000, max: DAY });
  const bakeMs = inputs.duration('bake', '30s', { max: DAY });
  const drainMs = inputs.duration('drain', '30s', { max: DAY });
  return {
    cluster: readClusterInputs(context, release, longestMs({ timeoutMs, bakeMs, drainMs })),
    release,
    to: readTarget(toText),
    toText,
    list: inputs.boolean('list', false),
    reason: readReason(inputs.string('reason', { pattern: /^/ })),
    smoke: smoke === undefined ? undefined : parseSmoke(smoke),
    url: readUrl(inputs.string('url')),
    timeoutMs,
    bakeMs,
    drainMs,
    keepOld: readKeepOld(inputs),
    allowIrreversible: inputs.boolean('allow-irreversible', false),
    dryRun: inputs.boolean('dry-run', false),
  };
}

function readTarget(text: string): Target {
  const target = parseTarget(text);
  if (target) return target;
  throw new ConfigurationError(
    `Input "to" is "${text.slice(0, 100).replace(/\s+/g, ' ')}": not understood (allowed: previous, -2, a commit, a version or tag)`,
  );
}

function readReason(text: string): string | undefined {
  const reason = text.replace(/\s+/g, ' ');
  if (reason.length > REASON_LENGTH) {
    throw new ConfigurationError(`Input "reason" has ${reason.length} characters (allowed: at most ${REASON_LENGTH})`);
  }
  return reason || undefined;
}

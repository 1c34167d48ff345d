import { parseTarget, type Target } from '../../deploy/rollback/index.ts';
import { ConfigurationError } from '../../interfaces/errors.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { parseSmoke } from '../../smoke/index.ts';
import type { SmokeCheck } from '../../smoke/model.ts';
import { type ReleaseInputs, readReleaseInputs } from '../shared/release-inputs.ts';

export interface RollbackInputs extends ReleaseInputs {
  to: Target;
  toText: string;
  list: boolean;
  reason: string | undefined;
  /** undefined: what was recorded with the version. */
  smoke: SmokeCheck[] | undefined;
  allowIrreversible: boolean;
}

const REASON_LENGTH = 500;

/** The only reader of the action's inputs. Throws ConfigurationError before anything is touched. */
export function readRollbackInputs(context: ActionContext): RollbackInputs {
  const { inputs } = context;
  const toText = inputs.string('to', { default: 'previous', pattern: /^/ });
  const smoke = inputs.yaml('smoke');
  return {
    ...readReleaseInputs(context),
    to: readTarget(toText),
    toText,
    list: inputs.boolean('list', false),
    reason: readReason(inputs.string('reason', { pattern: /^/ })),
    smoke: smoke === undefined ? undefined : parseSmoke(smoke),
    allowIrreversible: inputs.boolean('allow-irreversible', false),
  };
}

function readTarget(text: string): Target {
  const target = parseTarget(text);
  if (target) return target;
  throw new ConfigurationError(
    `Input "to" is "${text.slice(0, 100).replace(/\s+/g, ' ')}": not understood (allowed: previous, -2, a commit, a version or tag, plain)`,
  );
}

function readReason(text: string): string | undefined {
  const reason = text.replace(/\s+/g, ' ');
  if (reason.length > REASON_LENGTH) {
    throw new ConfigurationError(`Input "reason" has ${reason.length} characters (allowed: at most ${REASON_LENGTH})`);
  }
  return reason || undefined;
}

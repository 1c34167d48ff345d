import type { DeployOutcome } from '../../deploy/index.ts';
import { DeployError } from '../../interfaces/errors.ts';
import type { ActionContext } from '../../runtime/action.ts';
import type { CommitStatus, GitHubClient } from '../../tools/github/client.ts';
import type { DeployInputs } from './inputs.ts';

const COMMIT = /^[0-9a-f]{40}$/;
/** A cancelled run has only seconds left, for more important work. */
const CANCELLED_MS = 3_000;

type Ended = Pick<DeployOutcome, 'status' | 'wanted' | 'activeColor' | 'version' | 'failureReason'>;

/**
 * The deployed commit gets a status that links to the run, where the input asks for it. A status that cannot be set is reported and fails
 * nothing: the deploy is what counts.
 */
export async function setCommitStatus(
  { env, log, signal }: Pick<ActionContext, 'env' | 'log' | 'signal'>,
  inputs: DeployInputs,
  outcome: Ended,
  github: Pick<GitHubClient, 'setStatus'> | undefined,
): Promise<void> {
  if (!inputs.commitStatus || outcome.status === 'planned') return;
  if (!COMMIT.test(outcome.wanted)) return log.notice(`No commit status: the version ${outcome.wanted} is not a commit`);
  if (github === undefined) return log.notice('No commit status: there is no token, or no repository of GitHub');
  try {
    const link = env.runUrl === undefined ? {} : { targetUrl: env.runUrl };
    const limit = signal.aborted ? AbortSignal.timeout(CANCELLED_MS) : signal;
    await github.setStatus(env.repository, outcome.wanted, { ...statusOf(inputs, outcome), ...link }, limit);
  } catch (error) {
    const hint = error instanceof DeployError && error.hint ? ` ${error.hint}` : '';
    log.notice(`The commit status was not set: ${error instanceof Error ? error.message : error}.${hint}`);
  }
}

/** One line: what serves now. */
function statusOf(
  { release, cluster }: Pick<DeployInputs, 'release' | 'cluster'>,
  { status, activeColor, version, failureReason }: Ended,
): CommitStatus {
  const why = failureReason === undefined ? '' : ` (${failureReason})`;
  const short = version?.slice(0, 12) ?? 'unknown';
  const words: Record<DeployOutcome['status'], string> = {
    deployed: `Serves as ${activeColor}`,
    unchanged: `Nothing to deploy: it serves as ${activeColor}`,
    superseded: `Superseded: the newer version ${short} serves`,
    'rolled-back': `Failed${why}: ${short} serves again`,
    failed: `Failed${why}`,
    planned: 'Planned',
  };
  return {
    state: status === 'failed' || status === 'rolled-back' ? 'failure' : 'success',
    context: `todo-deploy: ${cluster.namespace}/${release}`,
    description: words[status],
  };
}

import { ConfigurationError, ToolError } from '../../interfaces/errors.ts';
import type { PullRequests } from '../../interfaces/pull-requests.ts';
import {
  type Desired,
  desiredBy,
  desiredOf,
  isSameKey,
  type PreviewKey,
  type PullRequest,
  readPullRequest,
} from '../../preview/model/index.ts';
import type { Asked } from '../../preview/up/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import type { PreviewInputs } from './inputs.ts';

export interface Decided extends Desired {
  /** undefined where the run is not about one. */
  pullRequest: PullRequest | undefined;
  /** The commit that this run is about. */
  head: string;
}

/** What is to be done: by the event, and by the pull request as GitHub's API has it now. Errors: `ConfigurationError`, `ToolError`, `HttpError`. */
export async function decide({ env, log }: ActionContext, inputs: PreviewInputs, pulls: PullRequests): Promise<Decided> {
  const { number, policy } = inputs;
  const event = number === undefined ? desiredBy({ name: env.eventName, payload: env.event }, policy) : undefined;
  if (event && (event.want === 'nothing' || !event.pullRequest)) return { ...event, pullRequest: event.pullRequest, head: '' };
  const wanted = number ?? event?.pullRequest?.key.number;
  if (wanted === undefined)
    throw new ConfigurationError('Which pull request it is about is not known', { hint: 'Set the input "pull-request".' });
  const asked = await askFor(pulls, wanted, event?.pullRequest?.key, inputs)();
  const head = inputs.head ?? event?.pullRequest?.head ?? asked.pullRequest.head;
  log.info(`${asked.why}: ${WORDS[asked.want]}`);
  return { ...asked, head };
}

const WORDS: Readonly<Record<Desired['want'], string>> = {
  up: 'its preview is to be up',
  asleep: 'its preview is to be asleep',
  down: 'its preview is to be gone',
  nothing: 'its preview stays as it is',
};

/** Asks GitHub for the pull request, each time anew. What is no such object is no answer: neither "closed" nor "open" follows from it. */
export function askFor(pulls: PullRequests, number: number, key: PreviewKey | undefined, inputs: PreviewInputs): () => Promise<Asked> {
  return async () => {
    const pullRequest = readPullRequest(await pulls.pullRequest(number));
    if (pullRequest === undefined || pullRequest.key.number !== number || (key && !isSameKey(key, pullRequest.key))) {
      throw new ToolError(`GitHub does not say what pull request ${number} of ${pulls.repository} is`, {
        hint: 'Nothing is touched. May the token read pull requests ("pull-requests: read")?',
      });
    }
    const desired = desiredOf(pullRequest, inputs.policy);
    if (inputs.mode === 'down') return { want: 'down', why: 'it was asked for', pullRequest };
    // A person decides about labels and drafts, and nobody about a fork's code.
    if (inputs.mode === 'up' && pullRequest.isOpen && !pullRequest.isFork) return { want: 'up', why: 'it was asked for', pullRequest };
    return { ...desired, pullRequest };
  };
}

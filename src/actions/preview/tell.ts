import type { DeploymentStatus } from '../../interfaces/pull-requests.ts';
import type { Preview } from '../../preview/model/index.ts';
import { markerOf, putComment, sayFarewell, tolerant } from '../../preview/told/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import type { PreviewInputs } from './inputs.ts';
import type { Task } from './task.ts';

/** Writes the one comment; returns its id. What cannot be told is said in the log, and fails nothing. */
export async function tell(
  context: ActionContext,
  inputs: PreviewInputs,
  { pullRequest, pulls }: Task,
  { release, body, known }: { release: string; body: string; known: number | undefined },
): Promise<number | undefined> {
  if (!inputs.comment) return undefined;
  const { key } = pullRequest;
  const wanted = { number: key.number, marker: markerOf(key, release), body: context.secrets.clean(body), known };
  return await tolerant(context, 'The comment was not written', () => putComment(wanted, pulls));
}

interface Announcement {
  sha: string;
  status: DeploymentStatus;
  /** Deployments that this one takes the place of. */
  before: readonly number[];
  /** Keeps the new one's id before it counts; false where nobody is to be led there any more. */
  keep: (id: number) => Promise<boolean>;
}

/** A deployment of GitHub's for this commit; what stood there before is inactive. Returns its id. */
export async function announce(
  context: ActionContext,
  inputs: PreviewInputs,
  { pullRequest, pulls }: Task,
  { sha, status, before, keep }: Announcement,
): Promise<number | undefined> {
  if (inputs.environment === '') return undefined;
  return await tolerant(context, 'The deployment was not recorded at GitHub', async () => {
    const description = `Preview of pull request ${pullRequest.key.number}`;
    const id = await pulls.createDeployment({ sha, environment: inputs.environment, description });
    if (!(await keep(id))) return undefined;
    await pulls.setDeploymentStatus(id, { ...status, logUrl: context.env.runUrl });
    for (const old of before) await pulls.setDeploymentStatus(old, { state: 'inactive', description: 'A newer commit is deployed' });
    return id;
  });
}

interface Farewell {
  say: (preview: Preview, why: string, place: string | undefined) => Promise<void>;
  /** Whether deployments at GitHub were set inactive. */
  ended: boolean;
}

/** What is done before a preview goes. */
export function farewellOf({ log, signal }: ActionContext, { pulls }: Pick<Task, 'pulls'>): Farewell {
  const farewell: Farewell = {
    ended: false,
    say: async (preview, why, place) => {
      farewell.ended = await sayFarewell(preview, why, { place, pulls, log, signal });
    },
  };
  return farewell;
}

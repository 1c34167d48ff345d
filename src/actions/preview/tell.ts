import { DeployError, HttpError } from '../../interfaces/errors.ts';
import type { DeploymentStatus } from '../../interfaces/pull-requests.ts';
import { markerOf, putComment } from '../../preview/told/index.ts';
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

/** A deployment of GitHub's for this commit; what stood there before is inactive. Returns its id. */
export async function announce(
  context: ActionContext,
  inputs: PreviewInputs,
  { pullRequest, pulls }: Task,
  { sha, status, before }: { sha: string; status: DeploymentStatus; before: number | undefined },
): Promise<number | undefined> {
  if (inputs.environment === '') return undefined;
  return await tolerant(context, 'The deployment was not recorded at GitHub', async () => {
    const description = `Preview of pull request ${pullRequest.key.number}`;
    const id = await pulls.createDeployment({ sha, environment: inputs.environment, description });
    await pulls.setDeploymentStatus(id, { ...status, logUrl: context.env.runUrl });
    if (before !== undefined) await pulls.setDeploymentStatus(before, { state: 'inactive', description: 'A newer commit is deployed' });
    return id;
  });
}

/** A deployment of GitHub's that leads nowhere any more. */
export async function withdraw(context: ActionContext, { pulls }: Task, id: number | undefined): Promise<boolean> {
  if (id === undefined) return false;
  const status = { state: 'inactive', description: 'The preview is gone' } as const;
  return (
    (await tolerant(context, 'The deployment was not set inactive at GitHub', async () =>
      pulls.setDeploymentStatus(id, status).then(() => true),
    )) ?? false
  );
}

async function tolerant<T>({ log, signal }: ActionContext, what: string, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof HttpError)) throw error;
    const hint = error instanceof DeployError && error.hint ? ` ${error.hint}` : '';
    log.warning(`${what}: ${error.message}.${hint}`);
    return undefined;
  }
}

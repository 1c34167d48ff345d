import { messageOf } from '../../interfaces/values.ts';
import { fewOf, type PreviewWorld, sweepPreviews } from '../../janitor/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { previewWorld } from '../janitor/preview-world.ts';
import { pullRequestsOf } from '../janitor/pull-requests.ts';
import { type ClusterTools, connectCluster } from '../shared/cluster-access.ts';
import type { PreviewInputs } from './inputs.ts';
import type { Task } from './task.ts';

/** Each is a call to GitHub, and a few to the cluster. */
const MOST = 5;
const CAP = 2;
const REMOVAL_MS = 60_000;
const WHOLE_MS = 120_000;

/**
 * The janitor's look at a few other previews of the repository, so that nothing is left for ever where nobody has set up its schedule. What it
 * does is in the log; nothing of it fails the run.
 */
export async function lookAround(context: ActionContext, inputs: PreviewInputs, task: Task): Promise<void> {
  const { log } = context;
  const bounded = { ...context, signal: AbortSignal.any([context.signal, AbortSignal.timeout(WHOLE_MS)]) };
  try {
    await log.group('Looking at a few other previews', async () => {
      const tools = await connectCluster(bounded, inputs.cluster);
      try {
        await pass(bounded, inputs, task, tools);
      } finally {
        await tools.close();
      }
    });
  } catch (error) {
    context.signal.throwIfAborted();
    log.info(`Other previews were not looked at to the end: ${messageOf(error)}`);
  }
}

async function pass(
  context: ActionContext,
  { wakerImage: image, wakerPullSecrets: imagePullSecrets, shared }: PreviewInputs,
  { pullRequest: { key }, pulls }: Task,
  tools: ClusterTools,
): Promise<void> {
  const { log, env } = context;
  const world = previewWorld(context, tools, pullRequestsOf(context, pulls, key.repositoryId), {
    sleepAfterMs: undefined,
    image,
    imagePullSecrets,
    dryRun: false,
    shared,
  });
  const { removed, kept, stuck } = await sweepPreviews(
    { ...world, tend: untilItFails(world.tend) },
    {
      cap: CAP,
      dryRun: false,
      limitMs: REMOVAL_MS,
      choose: (previews) => fewOf(previews, { key, most: MOST, turn: `${env.runId} ${env.runAttempt}` }),
    },
  );
  for (const { what, why } of removed) log.info(`${what} is gone: ${why}`);
  for (const { what, why } of kept) log.info(`${what} stays: ${why}`);
  for (const { what, why } of stuck) log.info(`${what} does not go, or could not be judged: ${why}`);
}

/** Where one preview's waker does not come up, the next one's will hardly do: nobody waits for it again. */
function untilItFails(tend: PreviewWorld['tend']): PreviewWorld['tend'] {
  let hasFailed = false;
  return async (preview, clocks) => {
    if (hasFailed) return undefined;
    try {
      return await tend(preview, clocks);
    } catch (error) {
      hasFailed = true;
      throw error;
    }
  };
}

import type { PullRequests } from '../../interfaces/pull-requests.ts';
import { note } from '../../preview/isolate/index.ts';
import { momentText, type Preview, renewed } from '../../preview/model/index.ts';
import { type Ticked, tickedBox, untick, withStay } from '../../preview/told/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { connectCluster } from '../shared/cluster-access.ts';
import { askFor } from './decide.ts';
import { endOne, findPreviews, report } from './down.ts';
import type { PreviewInputs } from './inputs.ts';

/** The box that somebody ticked in our comment; undefined where the event is about something else. */
export async function boxOf({ env }: ActionContext, pulls: PullRequests): Promise<Ticked | undefined> {
  return env.eventName === 'issue_comment' ? tickedBox(env.event, await pulls.author()) : undefined;
}

/** Those who may push may decide about previews. */
const MAY: readonly string[] = ['admin', 'write'];

/** Does what the box says, if whoever ticked it may push. Errors: those of what it calls. */
export async function answerBox(context: ActionContext, inputs: PreviewInputs, pulls: PullRequests, ticked: Ticked): Promise<void> {
  const { log, setOutput } = context;
  const { key, release, sender, box } = ticked;
  const permission = await pulls.permissionOf(sender);
  if (!MAY.includes(permission)) {
    setOutput('state', 'skipped');
    await rewrite(pulls, ticked, untick);
    return log.notice(`Nothing is done: ${sender} ticked a box, and may not push to ${pulls.repository}`);
  }
  const { pullRequest } = await askFor(pulls, key.number, key, inputs)();
  const [preview] = await findPreviews(context, inputs, pullRequest.key, release);
  const until = box === 'extend' && preview ? await extend(context, inputs, preview) : undefined;
  if (preview === undefined || (box === 'extend' && until === undefined)) {
    setOutput('state', 'gone');
    await rewrite(pulls, ticked, untick);
    return log.notice(`There is no preview of pull request ${key.number}${preview ? ' any more: it is being taken down' : ''}`);
  }
  if (until !== undefined) {
    setOutput('state', 'up');
    setOutput('expires-at', until);
    await rewrite(pulls, ticked, (body) => withStay(body, `${until.slice(0, 16).replace('T', ' ')} UTC`));
    return log.info(`${sender} has let the preview stay until ${until}`);
  }
  const reset = box === 'reset';
  const why = `${sender} asked for ${reset ? 'new data' : 'it'} in the comment`;
  const again = reset ? runPage(context, preview) : undefined;
  const task = { want: 'down' as const, why, pullRequest, head: pullRequest.head, pulls, again };
  report(context, [await endOne(context, inputs, task, preview)]);
}

/** The run of the commit that is there. Nothing of the pull request may be run in answer to a comment: what brings it back is that one. */
const runPage = ({ env }: ActionContext, { run }: Preview): string =>
  `${env.serverUrl}/${env.repository}/actions${run === undefined ? '' : `/runs/${run}`}`;

/** What the comment says now, changed: other runs may have written it since somebody ticked the box. */
async function rewrite(pulls: PullRequests, { key, comment }: Ticked, change: (body: string) => string): Promise<void> {
  const live = (await pulls.comments(key.number)).find(({ id }) => id === comment.id);
  if (live) await pulls.updateComment(live.id, change(live.body));
}

/** Until when it stays; undefined where it is being taken down. */
async function extend(context: ActionContext, inputs: PreviewInputs, preview: Preview): Promise<string | undefined> {
  const tools = await connectCluster(context, { ...inputs.cluster, namespace: preview.namespace });
  try {
    const now = await note(tools.kubernetes, preview, (seen) => {
      const lease = renewed({ ...seen, expiresAfterMs: inputs.expiresAfterMs }, context.clock.now());
      return { ...(lease.expiresAt !== undefined && { expiresAt: momentText(lease.expiresAt) }), warnedAt: '' };
    });
    return now?.expiresAt === undefined ? undefined : momentText(now.expiresAt);
  } finally {
    await tools.close();
  }
}

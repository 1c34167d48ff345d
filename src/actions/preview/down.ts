import { StepFailure } from '../../deploy/index.ts';
import { type Receipt, receiptText, takeDown } from '../../preview/gone/index.ts';
import { homeOf, keyText, marksWith, PREVIEW_LABEL, type Preview, type PreviewKey, previewIn } from '../../preview/model/index.ts';
import { endApproval, tolerant } from '../../preview/told/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { connectCluster } from '../shared/cluster-access.ts';
import { goneComment, writeReceipts } from '../shared/preview-comment.ts';
import { whoRuns } from '../shared/who.ts';
import type { PreviewInputs } from './inputs.ts';
import type { Task } from './task.ts';
import { farewellOf, tell } from './tell.ts';

/** Takes the pull request's previews down, and tells what is proved to be gone. Throws where something is left. */
export async function bringDown(context: ActionContext, inputs: PreviewInputs, task: Task): Promise<void> {
  const { key } = task.pullRequest;
  const release = inputs.release && homeOf(key, inputs.release, inputs.shared).release;
  const previews = await findPreviews(context, inputs, key, release);
  if (previews.length === 0) {
    context.setOutput('state', 'gone');
    context.log.info(`There is no preview of pull request ${key.number}: ${task.why}`);
    return await noneWaits(context, inputs, task);
  }
  const receipts: Receipt[] = [];
  for (const preview of previews) receipts.push(await endOne(context, inputs, task, preview));
  report(context, receipts);
}

/** What was said of a fork's commit that nobody has let through is not true any more. */
async function noneWaits(context: ActionContext, { comment }: PreviewInputs, { pullRequest, pulls, why }: Task): Promise<void> {
  if (!comment || !pullRequest.isFork) return;
  await tolerant(context, 'The comment was not changed', () => endApproval(pullRequest.key, why, pulls));
}

/** The pull request's previews: of this release, as Helm calls it; else all. */
export async function findPreviews(
  context: ActionContext,
  inputs: PreviewInputs,
  key: PreviewKey,
  wanted: string | undefined,
): Promise<Preview[]> {
  const { kubernetes, close } = await connectCluster(context, inputs.cluster);
  try {
    const { items } = await kubernetes.list(...marksWith(`${PREVIEW_LABEL}=${keyText(key)}`, inputs.shared));
    return items.flatMap((item) => previewIn(item) ?? []).filter(({ release }) => wanted === undefined || release === wanted);
  } finally {
    await close();
  }
}

/** Takes one down, and tells. */
export async function endOne(context: ActionContext, inputs: PreviewInputs, task: Task, preview: Preview): Promise<Receipt> {
  const { clock, log, signal } = context;
  const tools = await connectCluster(context, { ...inputs.cluster, namespace: preview.namespace });
  const farewell = farewellOf(context, task);
  try {
    const receipt = await takeDown(
      { preview, why: task.why, limitMs: inputs.timeoutMs },
      { kubernetes: tools.kubernetes, helm: tools.lazyHelm(), clock, log, signal, who: whoRuns(context), farewell: farewell.say },
    );
    await tellGone(context, inputs, task, preview, { receipt, ended: farewell.ended });
    return receipt;
  } finally {
    await tools.close();
  }
}

export async function tellGone(
  context: ActionContext,
  inputs: PreviewInputs,
  task: Task,
  preview: Preview,
  { receipt, ended }: { receipt: Receipt; ended: boolean },
): Promise<void> {
  const release = preview.release ?? '';
  const body = goneComment({ release, head: task.head, runUrl: context.env.runUrl, again: task.again }, [receipt], ended);
  await tell(context, inputs, task, { release, body, known: preview.comment });
}

/** Throws `StepFailure` where something is left: what costs money must not be green. */
export function report({ summary, log, setOutput }: ActionContext, receipts: readonly Receipt[]): void {
  const stuck = receipts.filter(({ status }) => status === 'stuck');
  setOutput('state', stuck.length > 0 ? 'failed' : 'gone');
  setOutput('namespace', receipts.map(({ namespace }) => namespace).join('\n'));
  setOutput('receipt', receipts.flatMap(({ gone }) => gone).join('\n'));
  summary.heading(2, stuck.length > 0 ? 'The preview is not gone' : 'The preview is gone');
  writeReceipts(summary, receipts, false);
  for (const receipt of receipts) log.info(receiptText(receipt));
  if (stuck.length === 0) return;
  throw new StepFailure('namespace-terminating', stuck.map(receiptText).join('\n'), {
    hint: 'What holds it has to let go: see what made the object, and what its finalizer waits for. The next run goes on.',
  });
}

import { type Finding, findingText } from '../../preview/isolate/index.ts';
import type { Notes, Preview } from '../../preview/model/index.ts';
import { momentText } from '../../preview/model/index.ts';
import type { UpOptions, UpOutcome } from '../../preview/up/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import type { DeployInputs } from '../deploy/inputs.ts';
import { shown } from '../shared/evidence.ts';
import { writeReport } from '../shared/outcome/report.ts';
import { writeSummary } from '../shared/outcome/summary.ts';
import { checkUp, checkWaiting } from './check.ts';
import { failedComment, refusedComment, upComment, waitingComment, waitingText, writeAdapted } from './comment.ts';
import { report, tellGone } from './down.ts';
import type { PreviewInputs } from './inputs.ts';
import type { Task } from './task.ts';
import { announce, tell } from './tell.ts';

interface Ended {
  outcome: UpOutcome;
  options: UpOptions;
  wanted: DeployInputs;
  /** Keeps notes with the preview; undefined where it is being taken down. */
  note(preview: Preview, notes: Notes): Promise<Preview | undefined>;
  /** Whether the deployments at GitHub of one that went were set inactive. */
  farewell: { readonly ended: boolean };
}

/** Outputs, summary, comment and deployment, however it ended. Throws the error that fails the run. */
export async function endUp(context: ActionContext, inputs: PreviewInputs, task: Task, ended: Ended): Promise<void> {
  const { outcome, options } = ended;
  const { log, summary, setOutput } = context;
  const about = { release: options.release, head: task.head, runUrl: context.env.runUrl };
  switch (outcome.state) {
    case 'superseded':
      return sayOutdated(context, outcome.why);
    case 'waiting':
      setOutput('state', 'waiting');
      summary.heading(2, 'The preview waits').text(waitingText(outcome.ahead, options.max));
      await checkWaiting(context, task, options.release, waitingText(outcome.ahead, options.max));
      await tell(context, inputs, task, {
        release: options.release,
        body: waitingComment(about, outcome.ahead, options.max),
        known: undefined,
      });
      return log.notice(`The preview waits. ${waitingText(outcome.ahead, options.max)}`);
    case 'refused':
      return await endRefused(context, inputs, task, outcome, about);
    case 'gone':
      await tellGone(context, inputs, task, outcome.preview, { receipt: outcome.receipt, ended: ended.farewell.ended });
      return report(context, [outcome.receipt]);
    default:
      return await endThere(context, inputs, task, ended, outcome, about);
  }
}

/** Green: another run does it, or has done it. */
export function sayOutdated({ log, summary, setOutput }: ActionContext, why: string): void {
  setOutput('state', 'superseded');
  summary.heading(2, 'Nothing to do').text(`${why}.`);
  log.notice(`Not deployed: ${why}`);
}

async function endRefused(
  context: ActionContext,
  inputs: PreviewInputs,
  task: Task,
  { error, preview, ms }: Extract<UpOutcome, { state: 'refused' }>,
  about: Parameters<typeof upComment>[0],
): Promise<never> {
  context.setOutput('state', 'failed');
  context.setOutput('failure-reason', error.reason);
  context.summary.heading(2, 'Nothing is deployed').text(error.message);
  const serving = preview.head;
  const known = serving === undefined ? undefined : preview.comment;
  await tell(context, inputs, task, { release: about.release, body: refusedComment(about, { error, serving, ms }), known });
  throw error;
}

/** Green, unless something of it is open. */
function sayNetwork({ log, summary }: ActionContext, finding: Finding): void {
  const text = `Network: ${findingText(finding)}`;
  summary.text(`${text}.`);
  log[({ proved: 'info', open: 'warning', unproved: 'notice' } as const)[finding.state]](text);
}

type There = Extract<UpOutcome, { state: 'up' | 'failed' }>;

async function endThere(
  context: ActionContext,
  inputs: PreviewInputs,
  task: Task,
  { wanted, note }: Ended,
  outcome: There,
  about: Parameters<typeof upComment>[0],
): Promise<void> {
  const { preview, deploy } = outcome;
  const url = outcome.state === 'up' && outcome.answered && outcome.answered.by !== 'nobody' ? (deploy.url ?? '') : '';
  const asleep = outcome.state === 'up' && outcome.asleep;
  context.setOutput('state', asleep ? 'asleep' : outcome.state);
  context.setOutput('url', url);
  context.setOutput('expires-at', preview.expiresAt === undefined ? '' : momentText(preview.expiresAt));
  context.setOutput('failure-reason', deploy.failureReason ?? '');
  context.setOutput('version', deploy.version ?? '');
  context.setOutput('report-file', await writeReport(context, wanted, deploy, 'preview'));
  writeSummary(context, wanted, deploy);
  writeAdapted(context.summary, deploy.report.adapted);
  if (asleep) context.summary.text(`${ASLEEP}.`);
  if (outcome.network) sayNetwork(context, outcome.network);
  if (outcome.notes.length > 0) context.summary.list(outcome.notes);

  // What failed is recorded beside what still serves.
  const recorded =
    outcome.state === 'up'
      ? { status: { state: 'success', url, description: asleep ? ASLEEP : 'The preview is up' } as const, before: preview.deployments }
      : { status: FAILED, before: [] };
  const keep = async (id: number): Promise<boolean> =>
    outcome.state !== 'up' || (await note(preview, { deployments: [...preview.deployments, id].join(' ') })) !== undefined;
  const id = await announce(context, inputs, task, { sha: task.head, ...recorded, keep });
  const deployment = outcome.state === 'up' ? id : undefined;
  const body = outcome.state === 'up' ? upComment(about, outcome) : failedComment(about, outcome);
  if (outcome.state === 'up' && deploy.previousVersion === undefined) await checkUp(context, task, about.release);
  const comment = await tell(context, inputs, task, { release: about.release, body, known: preview.comment });
  await note(preview, {
    run: context.env.runUrl ? context.env.runId : '',
    ...(comment && { comment: String(comment) }),
    ...(deployment && { deployments: String(deployment) }),
  });
  for (const line of outcome.notes) context.log.notice(line);
  if (deploy.error) throw shown(deploy.error, deploy);
  context.log.info(`${asleep ? ASLEEP : 'The preview is up'}${url ? `: ${url}` : ''}`);
}

const ASLEEP = 'The preview is asleep: the first visit wakes it';
const FAILED = { state: 'failure', description: 'The deploy failed' } as const;

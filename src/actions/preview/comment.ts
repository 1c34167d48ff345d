import type { DeployOutcome, StepFailure } from '../../deploy/index.ts';
import { type Finding, findingText } from '../../preview/isolate/index.ts';
import type { Preview } from '../../preview/model/index.ts';
import { boxItems } from '../../preview/told/index.ts';
import type { UpOutcome } from '../../preview/up/index.ts';
import { durationText } from '../../runtime/duration.ts';
import { code, join, link, raw, type Text } from '../../runtime/markdown.ts';
import type { SummaryWriter } from '../../runtime/summary.ts';
import { type About, previewComment, seconds } from '../shared/preview-comment.ts';

type Up = Extract<UpOutcome, { state: 'up' }>;
type Failed = Extract<UpOutcome, { state: 'failed' }>;

/** Pure: Markdown for a preview that is there. */
export function upComment(about: About, { asleep, preview, deploy, answered, network, ms, notes }: Up): string {
  const { url } = deploy;
  const answers = answered !== undefined && answered.by !== 'nobody';
  const proof = answered?.by === 'version' ? 'answered as this commit' : 'answered';
  const where: Text =
    url === undefined ? 'The chart has no host' : answers ? link(code(url), url) : join(code(url), raw(', which does not answer yet'));
  return previewComment(
    about,
    asleep ? '☾ asleep' : answers || url === undefined ? '✓ up' : '○ deployed',
    [
      [raw('URL'), where],
      [raw('Commit'), code(about.head.slice(0, 7))],
      [raw('Took'), raw(`${seconds(ms)}${answers ? `, until it ${proof}` : ''}`)],
      [raw('Sleeps'), raw(asleep ? 'now: the first visit wakes it' : sleep(preview))],
      [raw('Expires'), raw(expiry(preview.expiresAt))],
      ...networkRow(network),
    ],
    (writer) => {
      if (notes.length > 0) writer.list(notes);
      writeAdapted(writer, deploy.report.adapted);
      writer.list(boxItems().map(raw));
    },
  );
}

/** Pure: Markdown for a deploy that failed; what served before it serves still. */
export function failedComment(about: About, { preview, deploy, network, ms }: Failed): string {
  const { failure } = deploy.report;
  const serves =
    deploy.version === undefined
      ? 'nothing'
      : join(code(deploy.version.slice(0, 7)), raw(deploy.version === about.head ? '' : ', as before'));
  return previewComment(
    about,
    '✗ failed',
    [
      [raw('Commit'), code(about.head.slice(0, 7))],
      [raw('Serves'), serves],
      [raw('Took'), raw(seconds(ms))],
      [raw('Expires'), raw(expiry(preview.expiresAt))],
      ...networkRow(network),
    ],
    (writer) => {
      if (failure) writeFailure(writer, failure);
      writer.list(boxItems().map(raw));
    },
  );
}

type Told = Pick<NonNullable<DeployOutcome['report']['failure']>, 'reason' | 'message' | 'hint' | 'evidence'>;

const networkRow = (network: Finding | undefined): [Text, Text][] => (network ? [[raw('Network'), findingText(network)]] : []);

/** Pure: Markdown for one that nothing was deployed for; `serving`: the commit that served before, and does. */
export function refusedComment(
  about: About,
  { error, serving, ms }: { error: StepFailure; serving: string | undefined; ms: number },
): string {
  const { reason, message, hint } = error;
  return previewComment(
    about,
    '✗ failed',
    [
      [raw('Commit'), code(about.head.slice(0, 7))],
      [raw('Serves'), serving === undefined ? 'nothing' : join(code(serving.slice(0, 7)), raw(', as before'))],
      [raw('Took'), raw(seconds(ms))],
    ],
    (writer) => writeFailure(writer, { reason, message, hint, evidence: [] }),
  );
}

function writeFailure(writer: SummaryWriter, { reason, message, hint, evidence }: Told): void {
  writer.text(raw('**Cause** ('), code(reason), raw('): '), message);
  if (hint) writer.text(raw('**What to do:** '), hint);
  for (const { title, text } of evidence.slice(0, 3)) writer.details(title, (inner) => inner.code(text.slice(-4_000)));
}

/** Pure: Markdown for a pull request that has to wait for its turn. */
export const waitingComment = (about: About, ahead: number, max: number): string =>
  previewComment(about, '… waiting', [], (writer) => void writer.text(waitingText(ahead, max)));

/** Pure: what there is to wait for, and what to do then. */
export const waitingText = (ahead: number, max: number): string =>
  `There are ${ahead} previews already, and ${max} are allowed at once. Run this job again when one of them is gone.`;

export function writeAdapted(writer: SummaryWriter, adapted: readonly { object: string; message: string }[]): void {
  if (adapted.length === 0) return;
  writer.details('What is otherwise than in the chart', (inner) => {
    inner.list(adapted.map(({ object, message }) => join(code(object), raw(': '), message)));
  });
}

const sleep = ({ sleepAfterMs }: Preview): string =>
  typeof sleepAfterMs === 'number'
    ? `${durationText(sleepAfterMs)} after its last deploy or waking at the earliest; a visit wakes it within seconds`
    : 'never';

const expiry = (at: number | undefined): string =>
  at === undefined ? 'never' : `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC, unless it is deployed again`;

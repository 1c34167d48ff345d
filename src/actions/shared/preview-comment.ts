import type { Receipt } from '../../preview/gone/index.ts';
import { bold, code, join, link, raw, type Text } from '../../runtime/markdown.ts';
import { SummaryWriter } from '../../runtime/summary.ts';

/** What every comment says. */
export interface About {
  release: string;
  /** Commit that this run was about. */
  head: string;
  /** The run's page. */
  runUrl: string | undefined;
  /** Page of the run that brings it back. */
  again?: string | undefined;
}

/** Pure: a heading with the state, a table, more, and the way to the run. */
export function previewComment(
  { release, runUrl }: About,
  state: string,
  rows: readonly [Text, Text][],
  more: (writer: SummaryWriter) => void,
): string {
  const writer = new SummaryWriter(undefined);
  writer.heading(3, join(raw('Preview of '), code(release), raw(`: ${state}`)));
  if (rows.length > 0) writer.table([raw(' '), raw(' ')], rows);
  more(writer);
  if (runUrl) writer.text(link(raw('The run, with all of its steps'), runUrl));
  return writer.markdown(60_000);
}

/** Pure: Markdown for a preview that went, or should have. */
export function goneComment(about: About, receipts: readonly Receipt[], deploymentEnded: boolean): string {
  const stuck = receipts.some(({ status }) => status === 'stuck');
  return previewComment(
    about,
    stuck ? '✗ not gone' : '✓ gone',
    [
      [raw('Why'), receipts[0]?.why ?? ''],
      [raw('Took'), raw(seconds(Math.max(0, ...receipts.map(({ ms }) => ms))))],
    ],
    (writer) => {
      if (about.again && !stuck) writeAgain(writer, about.again);
      writeReceipts(writer, receipts, deploymentEnded);
    },
  );
}

const writeAgain = (writer: SummaryWriter, url: string): void =>
  void writer.text(
    raw('Its data is gone with it. '),
    link(raw('Run its job again'), url),
    raw(' to bring it up anew at the same commit, filled as at first; the next push does so, too.'),
  );

/** What is gone, what is still there, and what is not proved. */
export function writeReceipts(writer: SummaryWriter, receipts: readonly Receipt[], deploymentEnded: boolean): void {
  const gone = [...receipts.flatMap((one) => one.gone), ...(deploymentEnded ? ['the deployment at GitHub is inactive'] : [])];
  const left = receipts.flatMap((one) => one.left);
  const unproved = receipts.flatMap((one) => one.unproved);
  if (gone.length > 0) writer.text(bold(raw('Looked for again, and gone'))).list(gone);
  if (left.length > 0) writer.text(bold(raw('Still there'))).list(left);
  if (unproved.length > 0) writer.text(bold(raw('Not proved'))).list(unproved);
}

/** `4.2 s` */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

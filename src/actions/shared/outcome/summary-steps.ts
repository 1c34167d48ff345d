import type { DeployOutcome } from '../../../deploy/index.ts';
import { marked, quantity, type Text } from '../../../runtime/markdown.ts';
import { mermaidText, type SummaryWriter } from '../../../runtime/summary.ts';
import { short } from '../commits.ts';

type Step = DeployOutcome['report']['steps'][number];

/** Below it a time reads as 0.0 s. */
const SHOWN_MS = 50;
const MARKS: Readonly<Record<Step['result'], string>> = { ok: '✓', failed: '✗', skipped: '–', running: '…' };

const took = ({ startedAt, endedAt }: Step): number | undefined => (endedAt === undefined ? undefined : endedAt - startedAt);
const seconds = (ms: number): Text => quantity((ms / 1000).toFixed(ms < 10_000 ? 1 : 0), 's');

/** Every step that took time, failed or has a note; the same names in the table and in the drawing. */
export function writeSteps(summary: SummaryWriter, { report }: DeployOutcome): void {
  const told = report.steps.filter((step) => (took(step) ?? SHOWN_MS) >= SHOWN_MS || step.result === 'failed' || step.note);
  if (told.length === 0) return;
  summary.heading(3, 'Steps');
  summary.table(
    ['step', 'what it did', 'time'],
    told.map((step) => [
      marked(MARKS[step.result], step.name),
      short(step.note ? `${step.title}: ${step.note}` : step.title),
      timeOf(step),
    ]),
  );
  writeTimeline(summary, report.steps);
}

function timeOf(step: Step): Text {
  const ms = took(step);
  return ms === undefined || ms < SHOWN_MS ? '' : seconds(ms);
}

function writeTimeline(summary: SummaryWriter, steps: readonly Step[]): void {
  const start = steps[0]?.startedAt ?? 0;
  const bars = steps.flatMap((step) => {
    const { name, result, startedAt, endedAt = startedAt } = step;
    if (endedAt - startedAt < SHOWN_MS) return [];
    const label = mermaidText(name).replace(/"/g, '');
    return [`  ${label} :${result === 'failed' ? 'crit, ' : ''}${startedAt - start}, ${endedAt - start}`];
  });
  if (bars.length > 0) summary.mermaid(['gantt', '  dateFormat x', '  axisFormat %M:%S', ...bars].join('\n'));
}

/** Each check as it ended: of several tries the last. */
export function writeChecks(summary: SummaryWriter, { report }: DeployOutcome): void {
  const last = new Map(report.checks.map((result) => [`${result.check} ${result.target}`, result]));
  if (last.size === 0) return;
  summary.heading(3, 'Checks');
  summary.table(
    ['check', 'target', 'status', 'time', 'what was wrong'],
    [...last.values()].map(({ passed, check, target, status, durationMs, failure }) => [
      marked(passed, check),
      target,
      status === undefined ? '' : String(status),
      durationMs === undefined ? '' : quantity(Math.round(durationMs), 'ms'),
      failure ?? '',
    ]),
  );
}

import type { DeployOutcome } from '../../../deploy/index.ts';
import type { ActionContext } from '../../../runtime/action.ts';
import { bold, code, join, link, raw, type Text } from '../../../runtime/markdown.ts';
import { mermaidText, type SummaryWriter } from '../../../runtime/summary.ts';
import type { ReleaseInputs } from '../release-inputs.ts';
import { writePlan } from './summary-plan.ts';

/** Commits are read by their first seven digits; the whole one stands once, in the line that says who serves. */
const short = (text: string): string => text.replace(/\b([0-9a-f]{7})[0-9a-f]{33}\b/g, '$1');
const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;

type About = Pick<ReleaseInputs, 'release' | 'cluster'>;

/** The job summary: who serves now and why first, then how it went, then what was seen. */
export function writeSummary({ summary }: Pick<ActionContext, 'summary'>, inputs: About, outcome: DeployOutcome): void {
  summary.heading(2, short(title(inputs, outcome)));
  summary.text(...whoServes(inputs, outcome));
  const { failure } = outcome.report;
  if (failure) {
    const step = failure.step ? raw(`, in the step “${failure.step}”)`) : raw(')');
    summary.text(raw('**Cause:** '), short(failure.message), raw(' ('), code(failure.reason), step);
    if (failure.hint) summary.text(raw('**What to do:** '), failure.hint);
    for (const piece of failure.evidence) summary.details(piece.title, (inner) => inner.code(piece.text));
  }
  if (outcome.report.notes.length > 0) summary.list(outcome.report.notes.map(short));
  if (outcome.dryRun) writePlan(summary, outcome.dryRun);
  writeSteps(summary, outcome);
  writeChecks(summary, outcome);
  writeWarnings(summary, outcome);
}

function title({ release }: About, { status, wanted, version, rollback }: DeployOutcome): string {
  if (rollback && status === 'deployed') return `${release}: back on ${wanted}`;
  if (rollback && status === 'rolled-back') return `${release}: going back to ${wanted} failed, ${version ?? 'the version before'} serves`;
  const words: Record<DeployOutcome['status'], string> = {
    deployed: `${release}: ${wanted} is deployed`,
    unchanged: `${release}: nothing to deploy`,
    superseded: `${release}: ${wanted} is superseded by ${version}`,
    'rolled-back': `${release}: ${wanted} failed, ${version ?? 'the version before'} serves`,
    failed: `${release}: ${wanted} failed`,
    planned: `${release}: plan for ${wanted}`,
  };
  return words[status];
}

function whoServes({ cluster }: About, outcome: DeployOutcome): Text[] {
  const { status, activeColor, version, url, report, rollback } = outcome;
  const where = url ? [raw(' at '), link(code(url), url)] : [];
  if (!activeColor) return [raw(`**Nothing serves yet** in namespace ${cluster.namespace}.`)];
  const serves = [bold(join(raw('Version '), code(version ?? 'unknown'), raw(' serves'))), raw(` as ${activeColor}`), ...where];
  const why: Record<DeployOutcome['status'], string> = {
    deployed: `: it was ready, passed its checks, and was switched to in ${report.switchMs ?? 0} ms.`,
    unchanged: ': what this version consists of runs already.',
    superseded: ': this run deploys nothing.',
    'rolled-back':
      report.switchBackMs === undefined ? ': users never saw the new version.' : `: users were switched back in ${report.switchBackMs} ms.`,
    failed: '.',
    planned: '. Nothing was touched.',
  };
  const left =
    rollback && status === 'deployed'
      ? [raw(' Gone back from '), code(rollback.from), rollback.reason ? `: ${rollback.reason}` : raw('.')]
      : [];
  return [...serves, raw(why[status]), ...left];
}

function writeSteps(summary: SummaryWriter, { report }: DeployOutcome): void {
  const rows = report.steps.map((step) => [
    short(step.title),
    step.result,
    raw(step.endedAt === undefined ? '' : seconds(step.endedAt - step.startedAt)),
    short(step.note ?? ''),
  ]);
  if (rows.length === 0) return;
  summary.heading(3, 'Steps');
  summary.table(['step', 'result', 'time', ''], rows);
  const start = report.steps[0]?.startedAt ?? 0;
  const bars = report.steps
    .filter((step) => (step.endedAt ?? 0) - step.startedAt >= 100)
    .map((step) => {
      const name = mermaidText(step.name).replace(/"/g, '');
      return `${name} :${step.result === 'failed' ? 'crit, ' : ''}${step.startedAt - start}, ${(step.endedAt ?? 0) - start}`;
    });
  if (bars.length > 0) summary.mermaid(['gantt', '  dateFormat x', '  axisFormat %M:%S', ...bars.map((bar) => `  ${bar}`)].join('\n'));
}

function writeChecks(summary: SummaryWriter, { report }: DeployOutcome): void {
  const last = new Map(report.checks.map((result) => [`${result.check} ${result.target}`, result]));
  if (last.size === 0) return;
  const rows = [...last.values()].map((result) => [
    result.passed ? 'passed' : 'failed',
    code(result.check),
    result.target,
    result.status === undefined ? '' : String(result.status),
    result.durationMs === undefined ? '' : `${Math.round(result.durationMs)} ms`,
    result.failure ?? '',
  ]);
  summary.heading(3, 'Checks');
  summary.table(['', 'check', 'target', 'status', 'time', 'what was wrong'], rows);
}

function writeWarnings(summary: SummaryWriter, { report }: DeployOutcome): void {
  if (report.warnings.length === 0) return;
  summary.heading(3, 'To know about this chart');
  summary.list(report.warnings.map(({ object, message, hint }) => `${object ? `${object}: ` : ''}${message}${hint ? ` — ${hint}` : ''}`));
}

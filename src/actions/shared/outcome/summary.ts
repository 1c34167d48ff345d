import { type DeployOutcome, seenText } from '../../../deploy/index.ts';
import type { ActionContext } from '../../../runtime/action.ts';
import { bold, code, join, link, raw, type Text } from '../../../runtime/markdown.ts';
import type { SummaryWriter } from '../../../runtime/summary.ts';
import { short, writeFullCommits } from '../commits.ts';
import type { ReleaseInputs } from '../release-inputs.ts';
import { writeInPlace, writePlan } from './summary-plan.ts';
import { writeChecks, writeSteps } from './summary-steps.ts';

/** Evidence with more lines than this stays folded. */
const GLANCE = 45;

type About = Pick<ReleaseInputs, 'release' | 'cluster'>;

/** The job summary: who serves now and why first, then the steps, then the evidence. */
export function writeSummary({ summary }: Pick<ActionContext, 'summary'>, inputs: About, outcome: DeployOutcome): void {
  summary.heading(2, short(title(inputs, outcome)));
  summary.text(...whoServes(inputs, outcome));
  writeFailure(summary, outcome);
  if (outcome.report.notes.length > 0) summary.list(outcome.report.notes.map(short));
  if (outcome.dryRun) writePlan(summary, outcome.dryRun);
  writeSteps(summary, outcome);
  writeChecks(summary, outcome);
  if (!outcome.dryRun) writeInPlace(summary, outcome.report.inPlace);
  writeWarnings(summary, outcome);
  writeFullCommits(summary, [outcome.version, outcome.wanted, outcome.rollback?.from]);
}

/** The cause, what to do, and what was seen: the first piece says most, and is open. */
function writeFailure(summary: SummaryWriter, { report: { failure } }: DeployOutcome): void {
  if (!failure) return;
  const step = failure.step ? [raw(' in the step '), code(failure.step)] : [];
  summary.text(raw('**Cause** ('), code(failure.reason), ...step, raw('): '), short(failure.message));
  if (failure.hint) summary.text(raw('**What to do:** '), failure.hint);
  for (const [index, { title, text }] of failure.evidence.entries()) {
    summary.details(title, (inner) => inner.code(text), { open: index === 0 && text.split('\n').length <= GLANCE });
  }
}

function title({ release }: About, { status, wanted, version, rollback }: DeployOutcome): string {
  if (rollback && status === 'deployed') return `${release}: rolled back to ${wanted}`;
  if (rollback && status === 'rolled-back') return `${release}: rollback to ${wanted} failed, ${version ?? 'the version before'} serves`;
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
  if (!activeColor && !version) return [raw(`**${whyNobody(outcome)}** in namespace ${cluster.namespace}.`)];
  const as = activeColor ? ` as ${activeColor}` : outcome.inPlace ? ' in place' : ', as plain Helm runs it';
  const serves = [bold(join(raw('Version '), code(short(version ?? 'unknown')), raw(' serves'))), raw(as), ...where];
  const who = seenText(outcome.seen, report.switchBackMs, report.backMs);
  const why: Record<DeployOutcome['status'], string> = {
    deployed: outcome.inPlace
      ? ': it became ready where the version before ran, and passed its checks.'
      : `: it was ready, passed its checks, and was switched to in ${report.switchMs ?? 0} ms.`,
    unchanged: ': the content of this version already runs.',
    superseded: ': this run deploys nothing.',
    'rolled-back': who ? `: ${who}.` : '.',
    failed: who ? `: ${who}.` : '.',
    planned: '. Nothing was touched.',
  };
  const left =
    rollback && status === 'deployed'
      ? [raw(' Rolled back from '), code(short(rollback.from)), rollback.reason ? `: ${rollback.reason}` : raw('.')]
      : [];
  return [...serves, raw(why[status]), ...left];
}

/** A run that failed may not have been able to look. */
function whyNobody({ status, unread }: DeployOutcome): string {
  if (unread) return 'It is not known which version serves, since the cluster could not be asked,';
  return status === 'failed' ? 'No version serves' : 'Nothing serves yet';
}

function writeWarnings(summary: SummaryWriter, { report }: DeployOutcome): void {
  if (report.warnings.length === 0) return;
  summary.heading(3, 'Notes on this chart');
  summary.list(report.warnings.map(({ object, message, hint }) => `${object ? `${object}: ` : ''}${message}${hint ? ` — ${hint}` : ''}`));
}

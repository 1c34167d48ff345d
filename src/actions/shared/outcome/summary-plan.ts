import type { DeployOutcome } from '../../../deploy/index.ts';
import { code } from '../../../runtime/markdown.ts';
import type { SummaryWriter } from '../../../runtime/summary.ts';

function whatItDoes(plan: NonNullable<DeployOutcome['dryRun']>): string {
  if (plan.colorless) return 'A deploy would update this app in place: nothing of it can have two versions side by side.';
  return `A deploy would bring up ${plan.color}${beside(plan)}.`;
}

function beside({ active, takeover }: NonNullable<DeployOutcome['dryRun']>): string {
  if (takeover) return ' beside the workloads that plain Helm runs, and take the app over';
  return active ? ` beside ${active}, which serves` : ': the first deploy of this app';
}

/** Workloads that have no two colors, and why. */
export function writeInPlace(summary: SummaryWriter, inPlace: DeployOutcome['report']['inPlace']): void {
  if (inPlace.length === 0) return;
  summary.heading(3, 'In place, not blue-green');
  summary.table(
    ['workload', 'because', 'for two versions side by side'],
    inPlace.map(({ object, message, hint }) => [code(object), message, hint ?? '']),
  );
}

/** What a dry run found. */
export function writePlan(summary: SummaryWriter, plan: NonNullable<DeployOutcome['dryRun']>): void {
  const verdicts = {
    deploy: whatItDoes(plan),
    unchanged: 'A deploy would do nothing: the content of this version already serves.',
    superseded: 'A deploy would do nothing: a newer version serves.',
  };
  summary.text(verdicts[plan.verdict]);
  if (plan.takeover) {
    summary.heading(3, 'Takeover from plain Helm');
    summary.list(plan.takeover);
  }
  writeInPlace(summary, plan.inPlace);
  summary.heading(3, 'Services to switch');
  if (plan.services.length === 0) summary.text('None: no Service of the app leads to a color.');
  else
    summary.table(
      ['service', 'from', 'to'],
      plan.services.map(({ name, from, to }) => [code(name), from ?? (plan.takeover ? 'the plain pods' : 'nothing'), to]),
    );
  summary.heading(3, 'Changes');
  if (plan.changes.length === 0) summary.text('None.');
  const mark = { added: '+', removed: '-', changed: '~' };
  const text = plan.changes.flatMap(({ object, change, lines }) => [`${mark[change]} ${object}`, ...lines.map((line) => `    ${line}`)]);
  if (text.length > 0) summary.code(text.join('\n'), 'diff');
  const waits = { switch: 'with the switch, and back with it', end: 'when the old version is gone' };
  if (plan.waits?.length)
    summary.table(
      ['shared by both colors', 'when'],
      plan.waits.map(({ change, when }) => [change, waits[when]]),
    );
  summary.heading(3, 'Parts');
  summary.table(
    ['part', 'objects'],
    [
      [plan.colorless ? 'in place' : 'shared by both colors', plan.base.join(', ')],
      ...(plan.colorless && plan.colored.length === 0 ? [] : [[`color ${plan.color}`, plan.colored.join(', ')]]),
    ],
  );
  if (plan.hooks.length > 0)
    summary.table(
      ['hook', 'when', 'with'],
      plan.hooks.map(({ object, event, part }) => [object, event, part]),
    );
  summary.heading(3, 'Images');
  summary.table(
    ['workload', 'container', 'image'],
    plan.images.map(({ workload, container, image }) => [workload, container, code(image)]),
  );
  if (plan.later?.length) {
    summary.heading(3, 'Not known before a deploy');
    summary.list(plan.later);
  }
  summary.details('Role of the account that deploys this app', (inner) => inner.code(plan.role, 'yaml'));
}

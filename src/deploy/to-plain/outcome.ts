import type { DeployOutcome } from '../run/outcome.ts';
import type { PlainRun, Situation } from './model.ts';

export function outcomeOf(run: PlainRun, { plain, active, serving }: Situation, status: 'deployed' | 'planned'): DeployOutcome {
  const done = status === 'deployed';
  return {
    status,
    rolledBack: false,
    wanted: plain.version,
    report: run.report,
    activeColor: done ? undefined : active,
    version: done ? plain.version : serving.version,
    url: run.report.url,
    previousColor: active,
    previousVersion: serving.version,
    rollback: { from: serving.version, fromHash: serving.partHash, reason: run.options.reason },
  };
}

/** What it would do. */
export const lines = ({ plain, active }: Situation): string[] => [
  `${plain.workloads.map(({ kind, name, replicas }) => `${kind}/${name} (${replicas})`).join(', ')} would come up beside ${active}`,
  `Services ${plain.services.map(({ name }) => name).join(', ')} would move to their pods`,
  'Then both colors, their Services and their Helm releases would be removed, and this app would be plain Helm’s again',
];

import { type ListedVersion, remainsText } from '../../deploy/rollback/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { code } from '../../runtime/markdown.ts';
import { short, writeFullCommits } from '../shared/commits.ts';
import { setOutputs } from '../shared/outcome/outputs.ts';
import type { RollbackInputs } from './inputs.ts';

const HEAD = ['to', 'version', 'served since', 'by', 'state', 'images', 'migrations since'];

/** Versions that can be rolled back to: into the log, the summary and the output `versions`. */
export function reportVersions(context: ActionContext, { release, cluster }: RollbackInputs, versions: ListedVersion[]): ListedVersion[] {
  const { log, summary } = context;
  const rows = versions.map(row);
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  for (const text of [HEAD, ...rows].map(line)) log.info(text);
  summary.heading(2, `${release}: versions that can be rolled back to`);
  summary.text(`Namespace ${cluster.namespace}. The first line is what serves now.`);
  summary.table(
    HEAD,
    rows.map(([to = '', version = '', ...rest]) => [code(to), code(version), ...rest]),
  );
  writeFullCommits(
    summary,
    versions.map(({ version }) => version),
  );
  const serving = versions.find((one) => one.remains === 'serves');
  setOutputs(context, serving ? { activeColor: serving.color, version: serving.version } : {}, '');
  context.setOutput('versions', JSON.stringify(versions));
  return versions;
}

function row(version: ListedVersion): string[] {
  const { back, at, actor, reason, color, images, migrations, irreversible } = version;
  const lost = images.filter((one) => one.inRegistry === 'no').length;
  const unknown = images.filter((one) => one.inRegistry === 'unknown').length;
  const registry =
    lost > 0 ? `${lost} of ${images.length} gone` : unknown > 0 ? `${unknown} of ${images.length} unknown` : 'in the registry';
  const since = migrations.length === 0 ? 'none' : `${migrations.length}${irreversible ? ', irreversible' : ''}`;
  return [
    back === 0 ? 'serves' : `-${back}`,
    short(version.version),
    at.replace(/\.\d+Z$/, 'Z'),
    [actor, reason ? `rolled back: ${reason}` : ''].filter(Boolean).join(', '),
    `${remainsText(version)}, ${color}`,
    registry,
    since,
  ];
}

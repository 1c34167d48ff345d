import type { Collection } from './clones.ts';
import type { Played } from './whole/play.ts';
import type { WholeChart } from './whole/ten.ts';

export interface Result {
  repository: string;
  path: string;
  version: string;
  outcome: 'planned' | 'refused';
  /** What is planned, or why it is not. */
  text: string;
}

/** Pure: what was planned of charts, and what was not. */
export function planned(collections: readonly Collection[], results: readonly Result[], kubernetes: string): string {
  const count = results.filter(({ outcome }) => outcome === 'planned').length;
  return `${results.length} public charts as they stand, with their own values, dry-run by \`todo-deploy deploy --dry-run\` on Kubernetes ${kubernetes}:
**${count} planned**, ${results.length - count} refused. Dependencies that one of these collections holds were put into \`charts/\`. Written by
\`node scripts/measure-charts.ts <folder of the clones> --write\`; the list is \`scripts/charts/list.json\`.

${collections
  .map((collection) => section(collection, results))
  .join('\n')
  .trimEnd()}`;
}

function section({ repository, commit }: Collection, results: readonly Result[]): string {
  const rows = results
    .filter((one) => one.repository === repository)
    .map(({ path, version, outcome, text }) => `| ${path} | ${version} | ${outcome} | ${cell(text)} |`);
  return rows.length === 0
    ? ''
    : `### ${repository}\n\nCommit \`${commit}\`.\n\n| chart | version | result | |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

/** A bar would end the cell, an angle begin a tag. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '\\<');

/** Pure: what became of charts that were deployed whole. */
export function wholeTable(results: readonly { chart: WholeChart; played: readonly Played[] }[]): string {
  const rows = results.map(({ chart, played }) => {
    const broken = played.find(({ told }) => told !== undefined);
    const ended = (name: string) => {
      const one = played.find(({ step }) => step === name);
      return one === undefined ? '' : one.wrong.length === 0 ? `right, ${one.seconds} s` : one.wrong.join('; ');
    };
    const failed = played.find(({ step }) => step.startsWith('broken'));
    const cells = [
      `${chart.repository}/${chart.path}`,
      chart.make,
      ended('first version'),
      ended('second version'),
      `${chart.broken.what}: ${failed ? ended(failed.step) : ''}`,
      broken?.told ?? '',
      ended('rollback'),
      ended('removal'),
    ];
    return `| ${cells.map(cell).join(' | ')} |`;
  });
  return [
    '| chart | make | first | second | broken | told as | rollback | removal |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

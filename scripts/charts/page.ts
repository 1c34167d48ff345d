import type { Collection } from './clones.ts';
import type { WholeChart } from './whole/model.ts';
import type { Played } from './whole/play.ts';

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

/** A bar or a new line would end the cell, an angle begin a tag. */
const cell = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('<', '\\<');

interface Whole {
  chart: WholeChart;
  played: readonly Played[];
}

const HEAD = [
  '| chart | make | first | second | broken | told as | rollback | removal |',
  '| --- | --- | --- | --- | --- | --- | --- | --- |',
];

/** Pure: what became of charts that were deployed whole, in their order; those of `all` that were not keep the rows that `page` has of them. */
export function wholeTable(page: string, all: readonly WholeChart[], results: readonly Whole[]): string {
  const rows = all.flatMap((chart) => {
    const result = results.find((one) => one.chart === chart);
    const start = `| ${nameOf(chart)} |`;
    const before = page.split('\n').find((line) => line.startsWith(start));
    return result ? [wholeRow(result)] : before ? [before] : [];
  });
  return [...HEAD, ...rows].join('\n');
}

const nameOf = ({ repository, path }: WholeChart): string => `${repository}/${path}`;

function wholeRow({ chart, played }: Whole): string {
  const ended = (is: (step: string) => boolean) => {
    const one = played.find(({ step }) => is(step));
    return one === undefined ? '' : one.wrong.length === 0 ? `right, ${one.seconds} s` : one.wrong.join('; ');
  };
  const cells = [
    nameOf(chart),
    chart.make,
    ended((step) => step === 'first version'),
    ended((step) => step === 'second version'),
    `${chart.broken.what}: ${ended((step) => step.startsWith('broken'))}`,
    played.find(({ told }) => told !== undefined)?.told ?? '',
    ended((step) => step === 'rollback'),
    ended((step) => step === 'removal'),
  ];
  return `| ${cells.map(cell).join(' | ')} |`;
}

import type { Collection } from './clones.ts';

export interface Result {
  repository: string;
  path: string;
  version: string;
  outcome: 'planned' | 'refused';
  /** What is planned, or why it is not. */
  text: string;
}

/** Pure: docs/charts.md. */
export function page(collections: readonly Collection[], results: readonly Result[], kubernetes: string): string {
  const planned = results.filter(({ outcome }) => outcome === 'planned').length;
  return `# Charts of strangers

${results.length} public charts as they stand, with their own values, dry-run by \`todo-deploy deploy --dry-run\` on Kubernetes ${kubernetes}:
**${planned} planned**, ${results.length - planned} refused. Dependencies that one of these collections holds were put into \`charts/\`. Written by
\`node scripts/measure-charts.ts <folder of the clones> --write\`; the list is \`scripts/charts/list.json\`.

${collections.map((collection) => section(collection, results)).join('\n')}`;
}

function section({ repository, commit }: Collection, results: readonly Result[]): string {
  const rows = results
    .filter((one) => one.repository === repository)
    .map(({ path, version, outcome, text }) => `| ${path} | ${version} | ${outcome} | ${cell(text)} |`);
  return rows.length === 0
    ? ''
    : `## ${repository}\n\nCommit \`${commit}\`.\n\n| chart | version | result | |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

/** A bar would end the cell, an angle begin a tag. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '\\<');

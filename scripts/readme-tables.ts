/** Writes the input and output tables of every action.yml into the README beside it (between the marker comments); `--check` only compares. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

interface Field {
  description?: string;
  required?: boolean;
  default?: string | boolean | number;
}
interface Action {
  inputs?: Record<string, Field>;
  outputs?: Record<string, Field>;
}

const check = process.argv.includes('--check');
const folders = ['.', ...(existsSync('actions') ? readdirSync('actions').map((name) => join('actions', name)) : [])];
let stale = false;
for (const folder of folders) {
  const [metadata, readme] = [join(folder, 'action.yml'), join(folder, 'README.md')];
  if (!existsSync(metadata) || !existsSync(readme)) continue;
  const action = parse(readFileSync(metadata, 'utf8')) as Action;
  const before = readFileSync(readme, 'utf8');
  const after = fill(fill(before, 'inputs', inputTable(action.inputs ?? {})), 'outputs', outputTable(action.outputs ?? {}));
  if (after === before) continue;
  stale = true;
  if (check) console.error(`${readme}: the tables are not those of ${metadata}; run 'npm run docs'`);
  else writeFileSync(readme, after);
}
process.exitCode = check && stale ? 1 : 0;

function fill(text: string, name: string, table: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = text.indexOf(open);
  if (from < 0) return text;
  const to = text.indexOf(close, from);
  const rest = to < 0 ? text.slice(from + open.length) : text.slice(to + close.length);
  return `${text.slice(0, from)}${open}\n\n${table}\n\n${close}${rest}`;
}

function inputTable(inputs: Record<string, Field>): string {
  const rows = Object.entries(inputs).map(([name, field]) => {
    const fallback =
      field.required === true ? '**required**' : field.default === undefined || field.default === '' ? '' : code(String(field.default));
    return `| \`${name}\` | ${fallback} | ${cell(field.description)} |`;
  });
  return ['| input | default | what it is |', '| --- | --- | --- |', ...rows].join('\n');
}

function outputTable(outputs: Record<string, Field>): string {
  const rows = Object.entries(outputs).map(([name, field]) => `| \`${name}\` | ${cell(field.description)} |`);
  return ['| output | what it is |', '| --- | --- |', ...rows].join('\n');
}

function cell(text: string | undefined): string {
  return (text ?? '')
    .trim()
    .replaceAll('|', '\\|')
    .replaceAll(/\s*\n\s*/g, ' ');
}

/** A default of an action may be an expression such as \${{ github.token }}: shown as it is. */
function code(text: string): string {
  return `\`${cell(text)}\``;
}

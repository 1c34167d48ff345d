/**
 * Writes what is generated between the marker comments of the documentation: the inputs and outputs of every action.yml into the README beside
 * it, those of the reusable workflows into docs/workflows.md, the table of reasons into docs/causes.md; and deploy-attested.yml from deploy.yml. `--check` compares without writing.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse } from 'yaml';
import { attestedWorkflow } from './docs/attested-workflow.ts';
import { causes, failureReasons } from './docs/causes.ts';
import { fill } from './docs/fill.ts';

interface Field {
  description?: string;
  required?: boolean;
  default?: string | boolean | number;
}
type Fields = Record<string, Field>;
interface Interface {
  inputs?: Fields;
  secrets?: Fields;
  outputs?: Fields;
}

const CAUSES = join('docs', 'causes.md');
const REASONS = 'src/interfaces/reasons.ts';
const check = process.argv.includes('--check');
let stale = false;
for (const folder of ['.', ...names('actions').map((name) => join('actions', name))]) {
  const [metadata, readme] = [join(folder, 'action.yml'), join(folder, 'README.md')];
  if (!existsSync(metadata) || !existsSync(readme)) continue;
  const action = parse(readFileSync(metadata, 'utf8')) as Interface;
  write(readme, REASONS, { 'failure-reason': failureReasons(relative(folder, CAUSES)) });
  write(readme, metadata, { inputs: inputTable(action.inputs ?? {}), outputs: outputTable(action.outputs ?? {}) });
}
replace(join('.github/workflows', 'deploy-attested.yml'), '.github/workflows/deploy.yml', attestedWorkflow());
for (const name of names('.github/workflows')) {
  const path = join('.github/workflows', name);
  const { on } = parse(readFileSync(path, 'utf8')) as { on?: { workflow_call?: Interface } };
  const call = on?.workflow_call;
  if (!call) continue;
  const tables = [inputTable(call.inputs ?? {}), secretTable(call.secrets ?? {}), outputTable(call.outputs ?? {})];
  write(join('docs', 'workflows.md'), path, { [name]: tables.filter((table) => table !== '').join('\n\n') });
}
write(CAUSES, REASONS, { causes: causes() });
process.exitCode = check && stale ? 1 : 0;

function names(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function write(path: string, source: string, tables: Record<string, string>): void {
  const before = readFileSync(path, 'utf8');
  replace(
    path,
    source,
    Object.entries(tables).reduce((text, [name, table]) => fill(text, name, table), before),
  );
}

function replace(path: string, source: string, after: string): void {
  if (existsSync(path) && readFileSync(path, 'utf8') === after) return;
  stale = true;
  if (check) console.error(`${path}: the generated part does not match ${source}; run 'npm run docs'`);
  else writeFileSync(path, after);
}

function inputTable(inputs: Fields): string {
  const rows = Object.entries(inputs).map(([name, field]) => {
    const fallback =
      field.required === true ? '**required**' : field.default === undefined || field.default === '' ? '' : code(String(field.default));
    return `| \`${name}\` | ${fallback} | ${cell(field.description)} |`;
  });
  return ['| input | default | what it is |', '| --- | --- | --- |', ...rows].join('\n');
}

function secretTable(secrets: Fields): string {
  const rows = Object.entries(secrets).map(([name, field]) => `| \`${name}\` | ${cell(field.description)} |`);
  return rows.length === 0 ? '' : ['| secret | what it is |', '| --- | --- |', ...rows].join('\n');
}

function outputTable(outputs: Fields): string {
  const rows = Object.entries(outputs).map(([name, field]) => `| \`${name}\` | ${cell(field.description)} |`);
  return ['| output | what it is |', '| --- | --- |', ...rows].join('\n');
}

function cell(text: string | undefined): string {
  return (text ?? '')
    .trim()
    .replaceAll('|', '\\|')
    .replaceAll(/\s*\n\s*/g, ' ');
}

/** A default may be an expression such as \${{ github.token }}, which is shown literally. */
function code(text: string): string {
  return `\`${cell(text)}\``;
}

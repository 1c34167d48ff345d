/**
 * Checks every YAML file for GitHub. zizmor checks our workflows, actions, dependabot.yml and examples/workflows in its pedantic persona, and
 * the examples in Markdown files in its default one. actionlint and the schemas check all of them, including our own actions' inputs, secrets
 * and outputs. Issue forms are checked by their schema. Exits with 1 for any finding.
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { ClusterError, messageOf } from '../../cluster/errors.ts';
import { type Example, examplesOf } from './markdown.ts';
import { lintTools, type Tools } from './tools.ts';

const root = resolve(process.argv[2] ?? '.');
// The environment must not change the findings.
const { ZIZMOR_CONFIG: _config, GITHUB_ACTIONS: _ci, GH_TOKEN: _token, ...env } = process.env;
const copy = mkdtempSync(join(tmpdir(), 'todo-deploy-lint-'));
let findings = 0;
try {
  await lint(await lintTools());
} catch (error) {
  console.error(error instanceof ClusterError ? error.message : messageOf(error));
  findings++;
} finally {
  rmSync(copy, { recursive: true, force: true });
}
process.exitCode = findings === 0 ? 0 : 1;

async function lint(tools: Tools): Promise<void> {
  const workflows = listed('.github/workflows').filter(isYaml);
  const samples = listed('examples/workflows').filter(isYaml);
  const actions = ['action.yml', ...listed('actions').map((folder) => join(folder, 'action.yml'))].filter((path) =>
    existsSync(join(root, path)),
  );
  const dependabot = ['.github/dependabot.yml'].filter((path) => existsSync(join(root, path)));
  zizmor(tools, root, [...workflows, ...actions, ...dependabot], ['--persona', 'pedantic', ...config('.github/zizmor.yml')]);
  zizmor(tools, root, samples, ['--persona', 'pedantic', ...config('scripts/lint/zizmor-workflows.yml')]);
  schema(tools, root, 'vendor.github-actions', actions);
  schema(tools, root, 'vendor.github-workflows', [...workflows, ...samples]);
  schema(tools, root, 'vendor.dependabot', dependabot);
  const forms = listed('.github/ISSUE_TEMPLATE').filter(isYaml);
  schema(tools, root, 'vendor.github-issue-config', forms.filter(isChooser));
  schema(
    tools,
    root,
    'vendor.github-issue-forms',
    forms.filter((path) => !isChooser(path)),
  );

  const examples = markdownFiles().flatMap((path) => examplesOf(path, readFileSync(join(root, path), 'utf8')));
  const files = examples.map((example) => ({ example, path: written(example) }));
  const ofKind = (kind: Example['kind']) => files.filter(({ example }) => example.kind === kind).map(({ path }) => path);
  zizmor(tools, copy, [...ofKind('workflow'), ...ofKind('action')], config('scripts/lint/zizmor-examples.yml'));
  schema(tools, copy, 'vendor.github-workflows', ofKind('workflow'));
  schema(tools, copy, 'vendor.github-actions', ofKind('action'));
  for (const { example } of files) parses(example);
  for (const path of listed('examples/policies')) parses({ place: path, text: readFileSync(join(root, path), 'utf8') });

  // Last: actionlint finds our actions and workflows only at their place in the repository.
  for (const path of [...workflows, ...actions]) inRepository(path, readFileSync(join(root, path), 'utf8'));
  for (const path of samples) inRepository(join('.github/workflows', flat(path)), readFileSync(join(root, path), 'utf8'));
  for (const { example, path } of files)
    if (example.kind === 'workflow') inRepository(join('.github/workflows', basename(path)), example.text);
  report(run(tools.actionlint, ['-no-color', '-shellcheck=', '-pyflakes='], copy), 'actionlint');
  const counts = `${workflows.length} workflows, ${actions.length} actions and ${samples.length + examples.length} examples`;
  if (findings === 0) console.log(`Workflows: ${counts} are clean`);
}

function isYaml(path: string): boolean {
  return /\.ya?ml$/.test(path);
}

/** The file beside the issue forms, which has a schema of its own. */
function isChooser(path: string): boolean {
  return /^config\.ya?ml$/.test(basename(path));
}

/** A path as a file name. */
function flat(path: string): string {
  return path.replaceAll('/', '.');
}

/**
 * Writes a file for actionlint, with paths in place of the references that it cannot follow: `$/actions/deploy`, GitHub's name for an action
 * of the same repository and commit, and `org/todo-deploy/actions/deploy@v1`, the name that users write. So our own action.yml decides which
 * inputs an example may have. And `job.workflow_ref`, which GitHub has had since 2026 and actionlint 1.7.12 does not know.
 */
function inRepository(path: string, text: string): void {
  const target = join(copy, path);
  mkdirSync(dirname(target), { recursive: true });
  const local = text
    .replaceAll(/\bjob\.workflow_ref\b/g, 'github.workflow_ref')
    .replaceAll(/(\buses:\s*)\$\//g, '$1./')
    .replaceAll(/(\buses:\s*)org\/todo-deploy((?:\/[\w./-]+)?)@v1\b/g, (_all, uses: string, inside: string) => `${uses}.${inside || '/'}`);
  writeFileSync(target, local);
  // It reads an action's metadata only if its programs exist.
  if (basename(path) === 'action.yml')
    for (const file of ['main.js', 'post.js']) cpSync(join(root, dirname(path), file), join(dirname(target), file));
}

/** The file from which the checkers read an example; its name says where the example is. */
function written(example: Example): string {
  const name = flat(example.place).replace(':', '.line');
  const path = example.kind === 'workflow' ? join('.github/workflows', `${name}.yml`) : join('examples', name, 'action.yml');
  mkdirSync(join(copy, dirname(path)), { recursive: true });
  mkdirSync(join(copy, '.git'), { recursive: true });
  writeFileSync(join(copy, path), example.text);
  return path;
}

function zizmor(tools: Tools, cwd: string, paths: readonly string[], options: readonly string[]): void {
  if (paths.length === 0) return;
  report(run(tools.zizmor, ['--offline', '--quiet', '--strict-collection', '--color', 'never', ...options, ...paths], cwd), 'zizmor');
}

function schema(tools: Tools, cwd: string, name: string, paths: readonly string[]): void {
  if (paths.length === 0) return;
  report(run(tools.schema, ['--color', 'never', '--builtin-schema', name, ...paths], cwd), `schema ${name}`);
}

function parses({ place, text }: Pick<Example, 'place' | 'text'>): void {
  try {
    parse(text);
  } catch (error) {
    findings++;
    console.error(`${place}: not YAML: ${messageOf(error)}`);
  }
}

function run(program: string, args: readonly string[], cwd: string): SpawnSyncReturns<string> {
  return spawnSync(program, args, { cwd, encoding: 'utf8', timeout: 120_000, env });
}

function report({ status, error, stdout, stderr }: SpawnSyncReturns<string>, checker: string): void {
  if (status === 0) return;
  findings++;
  console.error(`${checker}: ${error?.message ?? ''}\n${stdout}${stderr}`);
}

function config(path: string): string[] {
  return existsSync(join(root, path)) ? ['--config', join(root, path)] : ['--no-config'];
}

function listed(folder: string): string[] {
  return existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((name) => join(folder, name)) : [];
}

/** Markdown for readers: not that of packages and reports. */
function markdownFiles(): string[] {
  const inside = (folder: string, depth: number): string[] =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory())
        return depth === 0 || /^(node_modules|dist|lib|report|\..*)$/.test(entry.name) ? [] : inside(path, depth - 1);
      return entry.name.endsWith('.md') ? [path] : [];
    });
  return inside('.', 4);
}

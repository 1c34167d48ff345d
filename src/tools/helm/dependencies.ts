import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ProcessError, ToolError } from '../../interfaces/errors.ts';
import type { PrivateFiles } from '../../interfaces/files.ts';
import { parseYaml } from '../../interfaces/reading/yaml.ts';
import { fieldAt } from '../../interfaces/values.ts';

interface Deps {
  files: PrivateFiles;
  /** Starts Helm. */
  run(args: readonly string[]): Promise<unknown>;
}

/** Where Helm keeps what a chart's dependencies are pinned to, in charts of today and of Helm 2. */
const LOCKS = [
  ['Chart.lock', 'Chart.yaml'],
  ['requirements.lock', 'requirements.yaml'],
] as const;

/** Whether Helm stopped since a chart's dependencies are not in its folder `charts/`. */
export const lacksDependencies = (error: unknown): error is ProcessError =>
  error instanceof ProcessError && /missing in charts\/ directory/.test(error.stderr);

/**
 * A copy of a chart, with the dependencies that its lock names in `charts/`; the checkout stays as it is. Errors: `ToolError` (chart-invalid)
 * with the one command, where there is no lock or they cannot be had.
 */
export async function withDependencies(chart: string, missing: ProcessError, deps: Deps): Promise<string> {
  const lock = LOCKS.find(([file]) => existsSync(join(chart, file)));
  if (lock === undefined) throw refusal(chart, missing, 'update');
  const declared = repositoriesIn(join(chart, lock[1]));
  const copy = copyOf(chart, declared, deps.files);
  try {
    await build(copy, declared, deps);
    return copy;
  } catch (error) {
    throw error instanceof ProcessError ? refusal(chart, error, 'build') : error;
  }
}

/** Helm looks only at repositories that were added; those of the chart are added for this once where one was not. */
async function build(copy: string, declared: readonly string[], { run, files }: Deps): Promise<void> {
  const command = ['dependency', 'build', copy];
  try {
    await run(command);
  } catch (error) {
    if (!(error instanceof ProcessError) || !/no repository definition/.test(error.stderr)) throw error;
    const urls = [...new Set(declared.filter((url) => /^https?:/.test(url)))];
    const repositories = urls.map((url, index) => ({ name: `dependency-${index}`, url }));
    const config = files.file('repositories.yaml', JSON.stringify({ apiVersion: '', repositories }));
    await run([...command, `--repository-config=${config}`, `--repository-cache=${files.directory('repository-cache')}`]);
  }
}

/** Under its own path, since `file://../common` is relative; such a neighbour is linked to. */
function copyOf(chart: string, declared: readonly string[], files: PrivateFiles): string {
  const root = files.directory('chart-with-dependencies');
  const real = realpathSync(chart);
  const copy = join(root, real);
  cpSync(real, copy, { recursive: true, dereference: true });
  for (const url of declared.filter((one) => one.startsWith('file://'))) {
    const neighbour = resolve(real, url.slice('file://'.length));
    const link = join(root, neighbour);
    if (neighbour.startsWith(`${real}/`) || existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(neighbour, link);
  }
  return copy;
}

function repositoriesIn(file: string): string[] {
  const dependencies = fieldAt(parseYaml(readFileSync(file, 'utf8'), file), 'dependencies');
  const urls = (Array.isArray(dependencies) ? dependencies : []).map((one) => fieldAt(one, 'repository'));
  return urls.filter((url): url is string => typeof url === 'string');
}

function refusal(chart: string, cause: ProcessError, command: 'build' | 'update'): ToolError {
  const why =
    command === 'update'
      ? 'it has no lock that says which'
      : `they cannot be had: ${cause.stderr
          .trim()
          .split('\n')
          .at(-1)
          ?.replace(/^Error: /, '')}`;
  return new ToolError(`The chart ${chart} needs other charts that are not in its folder charts/, and ${why}`, {
    reason: 'chart-invalid',
    cause,
    hint: `run \`helm dependency ${command} ${chart}\` in a step before this one${command === 'update' ? ', or commit the lock that it writes' : ''}`,
  });
}

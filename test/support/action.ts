import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { NODE_STARTS } from './starts.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The program, to be sent signals. */
export interface Child {
  pid?: number;
  kill(signal: NodeJS.Signals): boolean;
}

export interface ActionCall {
  /** Folder of the action below the repository's root, e.g. `actions/deploy`; `.` for the root action. */
  action: string;
  /** Which of its programs. */
  step?: 'main' | 'post';
  inputs?: Readonly<Record<string, string>>;
  env?: Readonly<Record<string, string | undefined>>;
  cwd?: string;
  /** What the main step saved, for a post step. */
  state?: Readonly<Record<string, string>>;
  /** RUNNER_TEMP of the main step, for a post step. */
  tempDir?: string;
  onLine?: (line: string) => void;
  onStart?: (child: Child) => void;
}

export interface ActionResult {
  exitCode: number | undefined;
  signal: string | undefined;
  /** Both streams, line by line, in order of arrival. */
  log: string[];
  /** Of these, what came from standard error. */
  stderr: string[];
  outputs: Record<string, string>;
  state: Record<string, string>;
  summary: string;
  /** Files that are left in RUNNER_TEMP. */
  tempDir: string;
}

const runs: string[] = [];
const removeRuns = () => {
  for (const folder of runs.splice(0)) rmSync(folder, { recursive: true, force: true });
};
// Under jest, whose sandbox never sees the end of the process, after the file's last test.
const { afterAll } = globalThis as { afterAll?: (body: () => void) => void };
if (afterAll) afterAll(removeRuns);
else process.once('exit', removeRuns);

/** Runs the committed bundle of an action as the runner does: INPUT_* variables, files for outputs, state and summary. */
export async function runAction(call: ActionCall): Promise<ActionResult> {
  const work = mkdtempSync(join(tmpdir(), 'todo-deploy-run-'));
  runs.push(work);
  const file = (name: string) => {
    const path = join(work, name);
    writeFileSync(path, '');
    return path;
  };
  const files = { output: file('output'), state: file('state'), summary: file('summary') };
  const tempDir = call.tempDir ?? mkdtempSync(join(work, 'temp-'));
  const log: string[] = [];
  const stderr: string[] = [];
  const line = function* (text: unknown) {
    log.push(String(text));
    call.onLine?.(String(text));
    yield text;
  };
  const errorLine = function* (text: unknown) {
    stderr.push(String(text));
    yield* line(text);
  };
  const child = execa(process.execPath, [join(ROOT, call.action, `${call.step ?? 'main'}.js`)], {
    cwd: call.cwd ?? work,
    extendEnv: false,
    env: {
      ...base(process.env),
      ...NODE_STARTS,
      ...call.env,
      ...Object.fromEntries(Object.entries(call.inputs ?? {}).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      ...Object.fromEntries(Object.entries(call.state ?? {}).map(([name, value]) => [`STATE_${name}`, value])),
      GITHUB_OUTPUT: files.output,
      GITHUB_STATE: files.state,
      GITHUB_STEP_SUMMARY: files.summary,
      GITHUB_WORKSPACE: call.cwd ?? work,
      RUNNER_TEMP: tempDir,
    },
    stdin: 'ignore',
    stdout: line,
    stderr: errorLine,
    // It is sent what a runner sends, and nothing else.
    forceKillAfterDelay: false,
    reject: false,
  });
  call.onStart?.(child);
  const { exitCode, signal } = await child;
  return {
    exitCode,
    signal,
    log,
    stderr,
    outputs: readCommands(files.output),
    state: readCommands(files.state),
    summary: readFileSync(files.summary, 'utf8'),
    tempDir,
  };
}

/** A runner's environment holds nothing of the job that runs these tests. */
function base(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(GITHUB_|INPUT_|STATE_|RUNNER_|KUBECONFIG$)/.test(name)));
}

/** The runner's file commands: `name=value`, or `name<<DELIMITER`, lines, DELIMITER. */
function readCommands(path: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = readFileSync(path, 'utf8').split('\n');
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    const heredoc = /^([^=]+?)<<(.+)$/.exec(line);
    if (heredoc) {
      const [, name = '', delimiter] = heredoc;
      const value: string[] = [];
      for (i++; i < lines.length && lines[i] !== delimiter; i++) value.push(lines[i] ?? '');
      values[name] = value.join('\n');
    } else if (line.includes('=')) {
      values[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1);
    }
  }
  return values;
}

/** The one error annotation of a red run. */
export const errorsOf = (result: ActionResult): string[] => result.log.filter((line) => line.startsWith('::error'));

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface CommandResult {
  exitCode: number | null;
  stdout: string;
  stderr: string;
  /** Names that are left in the folder for temporary files. */
  left: string[];
}

export interface CommandCall {
  env?: Readonly<Record<string, string | undefined>>;
  stdin?: string;
  cwd?: string;
  /** Where the package is; default: this repository. */
  root?: string;
  onStart?: (child: ChildProcess) => void;
  /** Text of either stream, as it comes. */
  onText?: (text: string) => void;
}

/** Runs `todo-deploy` (the committed bundle) as a user does outside of any workflow. */
export async function todoDeploy(args: readonly string[], call: CommandCall = {}): Promise<CommandResult> {
  const temp = mkdtempSync(join(tmpdir(), 'todo-deploy-cli-'));
  const child = spawn(process.execPath, [join(call.root ?? ROOT, 'bin/todo-deploy.js'), ...args], {
    cwd: call.cwd ?? ROOT,
    env: { ...clean(process.env), TMPDIR: temp, ...call.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(call.stdin ?? '');
  call.onStart?.(child);
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      texts[name] += chunk;
      call.onText?.(chunk);
    });
  }
  const exitCode = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  return { exitCode, ...texts, left: readdirSync(temp) };
}

const clean = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^(GITHUB_|INPUT_|STATE_|RUNNER_|TODO_DEPLOY_(SECRETS|PASSWORD)|KUBECONFIG$|NO_COLOR$|DIGITALOCEAN_)/.test(name),
    ),
  );

import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Child } from './action.ts';
import { NODE_STARTS } from './starts.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface CommandResult {
  exitCode: number | undefined;
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
  onStart?: (child: Child) => void;
  /** Text of either stream, as it comes. */
  onText?: (text: string) => void;
}

/** Runs `todo-deploy` (the committed bundle) as a user does outside of any workflow. */
export async function todoDeploy(args: readonly string[], call: CommandCall = {}): Promise<CommandResult> {
  const temp = mkdtempSync(join(tmpdir(), 'todo-deploy-cli-'));
  const child = execa(process.execPath, [join(call.root ?? ROOT, 'bin/todo-deploy.js'), ...args], {
    cwd: call.cwd ?? ROOT,
    extendEnv: false,
    env: { ...clean(process.env), ...NODE_STARTS, TMPDIR: temp, ...call.env },
    input: call.stdin ?? '',
    stripFinalNewline: false,
    forceKillAfterDelay: false,
    reject: false,
  });
  call.onStart?.(child);
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => call.onText?.(String(chunk)));
  const { exitCode, stdout, stderr } = await child;
  return { exitCode, stdout, stderr, left: readdirSync(temp) };
}

const clean = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(
      ([name]) =>
        !/^(GITHUB_|INPUT_|STATE_|RUNNER_|TODO_DEPLOY_(BUILD_SECRETS|SECRETS|PASSWORD)|KUBECONFIG$|NO_COLOR$|DIGITALOCEAN_)/.test(name),
    ),
  );

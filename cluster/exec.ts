import { spawn } from 'node:child_process';
import { PATHS } from './config.ts';
import { ClusterError } from './errors.ts';

/** PATH of all our programs: the pinned ones first, then the system's administration folders. */
export const PROGRAM_PATH = `${PATHS.bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;

export interface RunOptions {
  input?: string;
  env?: Readonly<Record<string, string>>;
  /** Milliseconds; 60,000 unless told. */
  timeout?: number;
  /** Exit codes other than 0 that are no error. */
  allow?: readonly number[];
}

/** Runs a program to its end and gives its standard output; throws with its standard error when it fails. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { input, env, timeout = 60_000, allow = [] } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, PATH: `${PROGRAM_PATH}:${process.env.PATH ?? ''}`, ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      timeout,
      killSignal: 'SIGKILL',
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', (error) => reject(new ClusterError(`${command} could not be started: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code !== null && (code === 0 || allow.includes(code))) return resolve(Buffer.concat(out).toString());
      const why = signal === 'SIGKILL' ? `did not end within ${timeout / 1000} s` : `ended with ${code ?? signal}`;
      const text = Buffer.concat(err).toString().trim().slice(-2000);
      reject(new ClusterError(`${command} ${args.slice(0, 6).join(' ')} ${why}${text ? `: ${text}` : ''}`));
    });
    if (input !== undefined) child.stdin?.on('error', () => {}).end(input);
  });
}

/** Like `run`, with failure as `undefined`. */
export async function tryRun(command: string, args: readonly string[], options: RunOptions = {}): Promise<string | undefined> {
  return run(command, args, options).catch(() => undefined);
}

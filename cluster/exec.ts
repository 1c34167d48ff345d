import { execa } from 'execa';
import { PATHS } from './config.ts';
import { ClusterError } from './errors.ts';

/** PATH of all our programs: the pinned ones first, then the system's administration folders. */
export const PROGRAM_PATH = `${PATHS.bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;

export interface RunOptions {
  input?: string;
  env?: Readonly<Record<string, string>>;
  /** Milliseconds; default 60,000. */
  timeout?: number;
  /** Exit codes other than 0 that are not errors. */
  allow?: readonly number[];
}

/** Runs a program to its end and returns its standard output; throws with its standard error when it fails. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { input = '', env, timeout = 60_000, allow = [] } = options;
  const { exitCode, stdout, stderr, timedOut, signal, originalMessage } = await execa(command, args, {
    input,
    env: { PATH: `${PROGRAM_PATH}:${process.env.PATH ?? ''}`, ...env },
    timeout,
    killSignal: 'SIGKILL',
    stripFinalNewline: false,
    reject: false,
  });
  if (exitCode === 0 || allow.includes(exitCode ?? -1)) return stdout;
  if (exitCode === undefined && signal === undefined) throw new ClusterError(`${command} could not be started: ${originalMessage}`);
  const why = timedOut ? `did not end within ${timeout / 1000} s` : `ended with ${exitCode ?? signal}`;
  const text = stderr.trim().slice(-2000);
  throw new ClusterError(`${command} ${args.slice(0, 6).join(' ')} ${why}${text ? `: ${text}` : ''}`);
}

/** Like `run`, but returns undefined on failure. */
export async function tryRun(command: string, args: readonly string[], options: RunOptions = {}): Promise<string | undefined> {
  return run(command, args, options).catch(() => undefined);
}

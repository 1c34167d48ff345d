import type { Readable, Writable } from 'node:stream';
import type { Reason } from './reasons.ts';

export interface RunOptions {
  /** Program and arguments; never through a shell, never holding a secret. */
  command: readonly [string, ...string[]];
  cwd?: string | undefined;
  /**
   * Variables that it inherits beyond those of every program (PATH, HOME, proxies, certificate authorities); `AWS_*` stands for all names that
   * begin so. Nothing else of our environment reaches it.
   */
  passes?: readonly string[] | undefined;
  /** Added to its environment. Secrets may be here or on stdin only. */
  env?: Record<string, string | undefined>;
  stdin?: string | undefined;
  /** A file that it reads from standard input instead. */
  stdinFile?: string | undefined;
  /** A stream that it reads instead. It has to come to its end, whatever the program reads of it: one that breaks off is an error. */
  input?: Readable | undefined;
  /** Where standard output goes instead of being kept, to its last byte: a reader that is slow is waited for, one that fails is an error. */
  output?: Writable | undefined;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Called for each complete line of both streams, redacted. */
  onLine?: ((line: string, stream: 'stdout' | 'stderr') => void) | undefined;
  /** At most this much of each stream is kept (default 64 MiB for stdout, 1 MiB for stderr, the end wins). */
  maxBytes?: number | undefined;
  /** Exit codes that are not errors (default [0]). */
  okExitCodes?: readonly number[] | undefined;
  /** What its failure is called (default `tool-failed`). */
  failure?: Reason | undefined;
}

export interface RunResult {
  exitCode: number;
  stdout: string;
  stderr: string;
  durationMs: number;
}

/** The one process runner: own process group, time limit, cancelling (SIGTERM, then SIGKILL to the group), redaction, typed error (`ProcessError`, `TimeoutError`, `CancelledError`). */
export interface ProcessRunner {
  run(options: RunOptions): Promise<RunResult>;
}

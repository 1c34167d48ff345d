import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createReadStream, existsSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { CancelledError, DeployError, ProcessError, TimeoutError, ToolError } from '../interfaces/errors.ts';
import type { ProcessRunner, RunOptions, RunResult } from '../interfaces/process.ts';
import { codeOf, messageOf } from '../interfaces/values.ts';
import { type Environment, EVERY_PROGRAM, pick } from './environment/allow.ts';
import { LineSplitter, TailBuffer } from './output.ts';

/** Between SIGTERM and SIGKILL, and the longest that a stream is read on after its program has ended. */
const GRACE_MS = 5000;
const STREAM_GRACE_MS = 1000;
const MAX_STDOUT = 64 * 1024 * 1024;
const MAX_STDERR = 1024 * 1024;

export interface ProcessRunnerOptions {
  /** Called with the id of each program (and process group) that starts, and when it is gone. */
  onStart?: (pid: number) => void;
  onEnd?: (pid: number) => void;
  /** Replaces secrets in lines, standard error and error messages. */
  redact?: (text: string) => string;
  /** Where programs inherit from what they are allowed to (`passes`). Default: our own environment. */
  env?: Environment;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

export class NodeProcessRunner implements ProcessRunner {
  readonly #options: ProcessRunnerOptions;
  readonly #secrets = new Set<string>();

  constructor(options: ProcessRunnerOptions = {}) {
    this.#options = options;
  }

  /** A value to be replaced in everything that is shown. */
  redact(secret: string): void {
    if (secret.length >= 4) this.#secrets.add(secret);
  }

  #clean(text: string): string {
    const own = [...this.#secrets].sort((a, b) => b.length - a.length).reduce((result, secret) => result.replaceAll(secret, '***'), text);
    return this.#options.redact?.(own) ?? own;
  }

  async run(options: RunOptions): Promise<RunResult> {
    if (options.signal?.aborted) throw cancelled(options.signal);
    const started = performance.now();
    const { child, pid } = await this.#spawn(options);
    const stdout = new TailBuffer(options.maxBytes ?? MAX_STDOUT);
    const stderr = new TailBuffer(options.maxBytes ?? MAX_STDERR);
    const written = options.output === undefined ? undefined : outcomeOf(pipeline(child.stdout, options.output));
    if (written === undefined) this.#read(child.stdout, stdout, options, 'stdout');
    this.#read(child.stderr, stderr, options, 'stderr');
    child.stdin.on('error', () => undefined); // a program need not read its input
    const fed = feed(child.stdin, options);

    let stopped: DeployError | undefined;
    const stop = (reason: DeployError) => {
      if (stopped !== undefined) return;
      stopped = reason;
      signalGroup(pid, 'SIGTERM');
      killer = setTimeout(() => signalGroup(pid, 'SIGKILL'), GRACE_MS);
    };
    let killer: NodeJS.Timeout | undefined;
    const limit = setTimeout(() => stop(new TimeoutError(`the end of ${label(options.command)}`, options.timeoutMs)), options.timeoutMs);
    const { signal: outer } = options;
    const onAbort = () => outer && stop(cancelled(outer));
    outer?.addEventListener('abort', onAbort, { once: true });
    try {
      const [exitCode, signal] = await ended(child, written !== undefined);
      if (stopped !== undefined) throw stopped;
      const errors = this.#clean(stderr.toString());
      const failed = exitCode === null || !(options.okExitCodes ?? [0]).includes(exitCode);
      // A program that failed may leave an input that never ends.
      const broken = (failed ? fed.error : await fed.ended) ?? (await written);
      // What our own code threw into a stream is why the program failed.
      if (broken instanceof DeployError) throw broken;
      if (exitCode === null || failed) {
        const command = options.command.map((part) => this.#clean(part));
        throw new ProcessError({
          command,
          exitCode: exitCode ?? undefined,
          signal: signal ?? undefined,
          stderr: errors,
          reason: options.failure,
        });
      }
      if (broken !== undefined) {
        throw new ToolError(`A stream of ${label(options.command)} broke off: ${messageOf(broken)}`, { cause: broken });
      }
      return { exitCode, stdout: stdout.toString(), stderr: errors, durationMs: performance.now() - started };
    } finally {
      clearTimeout(limit);
      clearTimeout(killer);
      outer?.removeEventListener('abort', onAbort);
      // Whatever it left in its group goes with it.
      signalGroup(pid, 'SIGKILL');
      this.#options.onEnd?.(pid);
    }
  }

  async #spawn(options: RunOptions): Promise<{ child: Child; pid: number }> {
    const [file, ...args] = options.command;
    try {
      const child = spawn(file, args, {
        cwd: options.cwd,
        env: childEnvironment(this.#options.env ?? process.env, options),
        stdio: ['pipe', 'pipe', 'pipe'],
        detached: true,
        shell: false,
        windowsHide: true,
      });
      // At once, not when the event comes: a kill in between would leave a program that nobody knows of.
      const { pid } = child;
      if (pid !== undefined) this.#options.onStart?.(pid);
      await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
      if (pid === undefined) throw new ToolError(`The program ${file} has no process id`);
      return { child, pid };
    } catch (cause) {
      if (codeOf(cause) === 'ENOENT' && existsSync(options.cwd ?? '.')) {
        throw new ToolError(`The program ${file} was not found`, {
          cause,
          hint: `install ${file} on the runner, or put its folder on PATH`,
        });
      }
      throw new ToolError(`The program ${file} could not be started: ${messageOf(cause)}`, { cause });
    }
  }

  #read(stream: Readable, buffer: TailBuffer, options: RunOptions, name: 'stdout' | 'stderr'): void {
    const { onLine } = options;
    const lines = onLine === undefined ? undefined : new LineSplitter((line) => onLine(this.#clean(line), name));
    stream.on('data', (chunk: Buffer) => {
      buffer.push(chunk);
      lines?.push(chunk);
    });
    stream.on('close', () => lines?.end());
  }
}

interface Feeding {
  /** Resolves when a stream has come to its end, with what went wrong. */
  ended: Promise<unknown>;
  error?: unknown;
}

/** Gives the program its input. What it does not want to read of a stream is passed over: the stream has to come to its end. */
function feed(stdin: Writable, { input, stdinFile, stdin: text }: RunOptions): Feeding {
  const feeding: Feeding = { ended: Promise.resolve(undefined) };
  if (input !== undefined) {
    feeding.ended = outcomeOf(finished(input)).then((error) => {
      feeding.error = error;
      if (error !== undefined) stdin.destroy();
      return error;
    });
    stdin.once('close', () => input.unpipe(stdin).resume());
    input.pipe(stdin);
  } else if (stdinFile === undefined) stdin.end(text ?? '');
  // A file that cannot be read to its end is input that is cut off: what reads it says so.
  else pipeline(createReadStream(stdinFile), stdin).catch(() => undefined);
  return feeding;
}

/** Resolves to the error; nothing is left unhandled while the program runs on. */
const outcomeOf = (flow: Promise<void>): Promise<unknown> =>
  flow.then(
    () => undefined,
    (error: unknown) => error,
  );

/**
 * Resolves when the program has ended and its streams are read; a grandchild that keeps them open is not waited for, unless each byte counts
 * (`patient`).
 */
function ended(child: Child, patient: boolean): Promise<[number | null, NodeJS.Signals | null]> {
  return new Promise((resolve) => {
    child.once('exit', () => {
      if (patient) return;
      const timer = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, STREAM_GRACE_MS);
      child.once('close', () => clearTimeout(timer));
    });
    child.once('close', (code, signal) => resolve([code, signal]));
  });
}

/** Returns a program's whole environment. */
export function childEnvironment(inherited: Environment, { passes, env }: Pick<RunOptions, 'passes' | 'env'>): NodeJS.ProcessEnv {
  const merged = { ...pick(inherited, [...EVERY_PROGRAM, ...(passes ?? [])]), ...env };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nothing is left of it.
  }
}

function cancelled(signal: AbortSignal): DeployError {
  return signal.reason instanceof DeployError ? signal.reason : new CancelledError('Cancelled', { cause: signal.reason });
}

function label([file, subcommand]: readonly string[]): string {
  return [file?.split('/').at(-1), subcommand].filter((part) => part !== undefined && !part.startsWith('-')).join(' ');
}

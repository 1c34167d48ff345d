import { randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { ProcessError, ToolError } from '../../interfaces/errors.ts';
import type { DatabaseAddress, Session } from '../../interfaces/postgres.ts';
import type { ProcessRunner } from '../../interfaces/process.ts';
import { parseJson } from '../../interfaces/reading/json.ts';
import type { Reason } from '../../interfaces/reasons.ts';
import { libpqEnvironment } from './environment.ts';
import { lineSink } from './lines.ts';

export interface SessionOptions {
  runner: ProcessRunner;
  psql: string;
  address: DatabaseAddress;
  timeoutMs: number;
  failure: Reason;
  signal?: AbortSignal | undefined;
}

interface Question {
  mark: string;
  lines: string[];
  resolve(lines: string[]): void;
  reject(error: unknown): void;
}

/** What a server or a database was told to end by itself would end a snapshot too. */
const SETTINGS = [
  'SET statement_timeout = 0',
  'SET lock_timeout = 0',
  'SET idle_in_transaction_session_timeout = 0',
  "SET search_path = ''",
].join('; ');

/** A `psql` that stays. It ends at the first error, and whatever is asked then is answered with that error. */
export class PsqlSession implements Session {
  readonly #input = new PassThrough();
  readonly #questions: Question[] = [];
  /** Resolves to why it ended, where nobody had asked for it. */
  readonly #ended: Promise<unknown>;
  #failure: unknown;
  #closing = false;

  private constructor({ runner, psql, address, timeoutMs, failure, signal }: SessionOptions) {
    const command = [psql, '--no-psqlrc', '--no-align', '--tuples-only', '--quiet', '--no-password', '--set=ON_ERROR_STOP=1'] as const;
    const run = runner.run({
      command,
      env: libpqEnvironment(address),
      input: this.#input,
      output: lineSink((line) => this.#line(line)),
      timeoutMs,
      failure,
      signal,
    });
    this.#ended = run.then(
      () => this.#end(this.#closing ? undefined : new ToolError('The session of psql ended by itself', { reason: failure })),
      (error: unknown) => this.#end(inWords(error)),
    );
  }

  static async open(options: SessionOptions): Promise<PsqlSession> {
    const session = new PsqlSession(options);
    await session.run(SETTINGS);
    return session;
  }

  rows<T>(sql: string): Promise<T[]> {
    return this.#ask(sql).then((lines) =>
      lines.map((line) => parseJson<T>(line, (why) => new ToolError(`An answer of the database cannot be read: ${why}`))),
    );
  }

  async run(sql: string): Promise<void> {
    await this.#ask(sql);
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#input.end();
    const error = await this.#ended;
    if (error !== undefined) throw error;
  }

  #ask(sql: string): Promise<string[]> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const mark = `todo-deploy ${randomUUID()}`;
    return new Promise((resolve, reject) => {
      this.#questions.push({ mark, lines: [], resolve, reject });
      this.#input.write(`${sql}\n;\n\\echo ${mark.replace(' ', "' '")}\n`);
    });
  }

  #line(line: string): void {
    const [first] = this.#questions;
    if (!first) return;
    if (line === first.mark) {
      this.#questions.shift();
      first.resolve(first.lines);
    } else if (line !== '') first.lines.push(line);
  }

  /** Whatever is asked from now on is answered with the error. */
  #end(error: unknown): unknown {
    this.#failure = error ?? new ToolError('The session of psql is closed');
    for (const question of this.#questions.splice(0)) question.reject(this.#failure);
    return error;
  }
}

/** The server's own word for it: psql's last line may be a hint. */
function inWords(error: unknown): unknown {
  if (!(error instanceof ProcessError)) return error;
  const line = /^(?:psql: error: .*?)?(?:ERROR|FATAL): +(.*)$/m.exec(error.stderr)?.[1] ?? error.stderr.trim().split('\n')[0];
  // Killed, it has said nothing: then how it ended is what there is to say.
  if (!line) return error;
  return new ToolError(`The database server says: ${line}`, { reason: error.reason, cause: error });
}

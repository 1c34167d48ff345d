import { join } from 'node:path';
import type { Clock } from '../../interfaces/clock.ts';
import { ProcessError, TimeoutError, ToolError } from '../../interfaces/errors.ts';
import type { PrivateFiles } from '../../interfaces/files.ts';
import type { DatabaseAddress, Dump, Postgres, SequenceValue, Session } from '../../interfaces/postgres.ts';
import type { ProcessRunner, RunResult } from '../../interfaces/process.ts';
import type { Reason } from '../../interfaces/reasons.ts';
import { isSequenceValue, ofDatabase, sequenceValues } from './entries.ts';
import { libpqEnvironment } from './environment.ts';
import { PsqlSession } from './session.ts';

export interface PostgresClientOptions {
  runner: ProcessRunner;
  /** Folder of the programs; by itself those on PATH. */
  bin?: string | undefined;
  files: PrivateFiles;
  /** Of one program: a dump of a large database takes hours. */
  timeoutMs: number;
  /** How a dump is compressed (`--compress`). By itself zstd where the programs know it. */
  compress?: string | undefined;
  clock: Clock;
  /** What a failure is called. */
  failure: Reason;
  signal?: AbortSignal | undefined;
}

/** Since PostgreSQL 16. */
const KNOWS_ZSTD = 16;
/** Characters; the runner keeps no more. */
const MOST_DEFINITIONS = 60 * 1024 * 1024;
const READY_EVERY_MS = 500;
const QUICK_MS = 60_000;

/** PostgreSQL's client programs: psql, pg_dump, pg_dumpall, pg_restore. */
export class PostgresClient implements Postgres {
  readonly #options: PostgresClientOptions;
  #version: Promise<string> | undefined;

  constructor(options: PostgresClientOptions) {
    this.#options = options;
  }

  clientVersion(): Promise<string> {
    this.#version ??= this.#readVersion();
    return this.#version;
  }

  async #readVersion(): Promise<string> {
    const { stdout } = await this.#run(['pg_dump', '--version'], undefined, { timeoutMs: QUICK_MS });
    const version = /\(PostgreSQL\) (\d+(?:\.\d+)?)/.exec(stdout)?.[1];
    if (version === undefined) throw new ToolError('pg_dump does not say its version', { reason: this.#options.failure });
    return version;
  }

  async reachable(address: DatabaseAddress, limitMs: number): Promise<void> {
    const { runner, signal, clock } = this.#options;
    for (const deadline = clock.elapsed() + limitMs; ; ) {
      const command = [this.#path('pg_isready'), '--quiet', '--timeout=5'] as const;
      const env = { ...libpqEnvironment(address), PGPASSWORD: undefined };
      const { exitCode } = await runner.run({ command: [...command], env, timeoutMs: QUICK_MS, okExitCodes: [0, 1, 2, 3], signal });
      if (exitCode === 0) return;
      if (clock.elapsed() >= deadline) throw new TimeoutError(`the database server ${address.host}:${address.port}`, limitMs);
      await clock.sleep(READY_EVERY_MS, signal);
    }
  }

  open(address: DatabaseAddress): Promise<Session> {
    const { runner, timeoutMs, failure, signal } = this.#options;
    return PsqlSession.open({ runner, psql: this.#path('psql'), address, timeoutMs, failure, signal });
  }

  async dump({ address, snapshot, folder, jobs }: Dump): Promise<void> {
    const compress = this.#options.compress ?? (Number.parseInt(await this.clientVersion(), 10) >= KNOWS_ZSTD ? 'zstd:3' : '3');
    const how = ['--format=directory', `--file=${folder}`, `--jobs=${jobs}`, `--compress=${compress}`, `--snapshot=${snapshot}`];
    await this.#run(['pg_dump', '--no-password', ...how], address);
  }

  async definitions(address: DatabaseAddress, snapshot?: string): Promise<string> {
    const of = snapshot === undefined ? [] : [`--snapshot=${snapshot}`];
    const { stdout } = await this.#run(['pg_dump', '--no-password', '--schema-only', ...of], address);
    if (stdout.length >= MOST_DEFINITIONS)
      throw new ToolError('The definitions of the database are too large', { reason: this.#options.failure });
    return stdout;
  }

  async globals(address: DatabaseAddress, withPasswords = false): Promise<string> {
    const passwords = withPasswords ? [] : ['--no-role-passwords'];
    const command = ['pg_dumpall', '--no-password', '--globals-only', ...passwords, `--database=${conninfo(address.database)}`] as const;
    const { stdout } = await this.#run(command, address);
    return stdout;
  }

  async sequencesOf(folder: string): Promise<SequenceValue[]> {
    const { stdout: list } = await this.#run(['pg_restore', '--list', folder]);
    const lines = list.split('\n').filter((line) => !line.startsWith(';') && isSequenceValue(line));
    if (lines.length === 0) return [];
    const use = this.#options.files.file('entries.list', `${lines.join('\n')}\n`);
    const { stdout } = await this.#run(['pg_restore', '--file=-', `--use-list=${use}`, folder]);
    return sequenceValues(stdout);
  }

  async readThrough(folder: string): Promise<void> {
    await this.#run(['pg_restore', '--file=/dev/null', folder]);
  }

  async databaseScript(folder: string): Promise<string> {
    const { stdout } = await this.#run(['pg_restore', '--file=-', '--create', '--schema-only', folder]);
    return ofDatabase(stdout);
  }

  async restore({ address, folder, jobs }: { address: DatabaseAddress; folder: string; jobs: number }): Promise<void> {
    const how = ['--exit-on-error', '--no-tablespaces', `--jobs=${jobs}`, '--no-password', `--dbname=${conninfo(address.database)}`];
    await this.#run(['pg_restore', ...how, folder], address);
  }

  #path = (name: string): string => (this.#options.bin === undefined ? name : join(this.#options.bin, name));

  async #run(
    [name, ...args]: readonly [string, ...string[]],
    address?: DatabaseAddress,
    limits: { timeoutMs?: number } = {},
  ): Promise<RunResult> {
    const { runner, timeoutMs, failure, signal } = this.#options;
    const env = address === undefined ? {} : libpqEnvironment(address);
    const command = [this.#path(name), ...args] as const;
    const run = runner.run({ command: [...command], env, timeoutMs: limits.timeoutMs ?? timeoutMs, failure, signal });
    return await run.catch((error: unknown) => Promise.reject(inWords(name, error)));
  }
}

const SHOWN = 3;

/** What went wrong comes first; the last line may only say that a worker is gone. */
function inWords(name: string, error: unknown): unknown {
  if (!(error instanceof ProcessError)) return error;
  const lines = error.stderr.split('\n').flatMap((line) => /(?:error|fatal|detail): (.*)/i.exec(line)?.[1] ?? []);
  if (lines.length === 0) return error;
  return new ToolError(`${name}: ${[...new Set(lines)].slice(0, SHOWN).join('; ')}`, { reason: error.reason, cause: error });
}

/** A name with `=` in it would be taken for a whole connection string. */
const conninfo = (database: string): string => `dbname='${database.replace(/[\\']/g, '\\$&')}'`;

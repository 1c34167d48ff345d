import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProcessError, ToolError } from '../../interfaces/errors.ts';
import type { PrivateFiles } from '../../interfaces/files.ts';
import type { ProcessRunner, RunResult } from '../../interfaces/process.ts';
import type { SbomRequest, Scanner, ScannerKind, ScanRequest } from '../../interfaces/scanner.ts';
import { databaseArguments, sbomArguments, scanArguments } from './arguments.ts';
import { cacheOf, removeCache } from './cache.ts';

const QUICK_MS = 30_000;
const DATABASE_MS = 300_000;
/** Trivy's words after five seconds of waiting for the lock. */
const IN_USE = /cache may be in use/;

export interface TrivyOptions {
  runner: ProcessRunner;
  trivyPath: string;
  files: PrivateFiles;
  /** Trivy's own cache folder, in which the layers that were scanned are kept for the next run. Undefined: nothing is kept. */
  cacheRoot?: string | undefined;
  /** Added to the environment, e.g. DOCKER_CONFIG. */
  env?: Readonly<Record<string, string>>;
}

/** The program `trivy`; see `Scanner`. */
export class Trivy implements Scanner {
  readonly #options: TrivyOptions;
  /** Working folder: an own one, since Trivy takes trivy.yaml and .trivyignore from where it stands. */
  #folder: string | undefined;
  #database: Promise<void> | undefined;
  #version: Promise<string> | undefined;

  constructor(options: TrivyOptions) {
    this.#options = options;
  }

  async #run(
    args: readonly string[],
    timeoutMs: number,
    more: { signal?: AbortSignal | undefined; onLine?: ((line: string) => void) | undefined } = {},
  ): Promise<RunResult> {
    const { runner, trivyPath, env, files } = this.#options;
    this.#folder ??= files.directory('trivy');
    return await runner.run({
      command: [trivyPath, ...args],
      cwd: this.#folder,
      env: { NO_COLOR: '1', ...env },
      timeoutMs,
      failure: 'scan-failed',
      signal: more.signal,
      onLine: more.onLine,
    });
  }

  async prepare(scanners: readonly ScannerKind[], signal: AbortSignal): Promise<void> {
    if (scanners.includes('vuln')) await this.#fetchDatabase({ signal }).catch(() => undefined);
  }

  async scan(request: ScanRequest): Promise<unknown> {
    if (request.scanners.includes('vuln')) await this.#fetchDatabase(request);
    const output = join(this.#options.files.directory('scan'), 'report.json');
    const cache = await this.#cacheOf(request);
    const scan = (folder?: string) => this.#run(scanArguments(request, output, folder), request.timeoutMs + QUICK_MS, request);
    await scan(cache).catch(async (error: unknown) => {
      if (cache === undefined || !(error instanceof ProcessError) || error.exitCode === undefined) throw error;
      // Another job scans the same image, or the cache is broken: a scan never depends on it.
      if (!IN_USE.test(error.stderr)) await removeCache(cache);
      request.onLine?.('once more, without the cache');
      await scan();
    });
    try {
      return JSON.parse(await readFile(output, 'utf8'));
    } catch (cause) {
      throw new ToolError('Trivy wrote no report that can be read', { reason: 'scan-failed', cause });
    }
  }

  /** A cache that cannot be made is none. */
  async #cacheOf({ subject }: ScanRequest): Promise<string | undefined> {
    const { cacheRoot } = this.#options;
    if (cacheRoot === undefined) return undefined;
    return await cacheOf(cacheRoot, await this.version(), subject).catch(() => undefined);
  }

  /** Once for all scans of this run. */
  #fetchDatabase(request: Pick<ScanRequest, 'signal' | 'onLine'>): Promise<void> {
    this.#database ??= this.#run(databaseArguments(), DATABASE_MS, request).then(
      () => undefined,
      (error: unknown) => {
        this.#database = undefined;
        if (!(error instanceof ProcessError)) throw error;
        throw new ToolError(`Trivy could not fetch its vulnerability database: ${lastReason(error.stderr)}`, {
          reason: 'scan-failed',
          cause: error,
          hint: 'without it nothing is pushed; a mirror is named by TRIVY_DB_REPOSITORY',
        });
      },
    );
    return this.#database;
  }

  async sbom(request: SbomRequest): Promise<string> {
    const output = join(this.#options.files.directory('sbom'), 'sbom.json');
    await this.#run(sbomArguments(request, output), request.timeoutMs + QUICK_MS, { signal: request.signal });
    return await readFile(output, 'utf8');
  }

  version(): Promise<string> {
    this.#version ??= this.#run(['version', '--format=json'], QUICK_MS).then(({ stdout }) => {
      const { Version: version }: { Version?: string } = JSON.parse(stdout);
      return version?.replace(/^v/, '') ?? 'unknown';
    });
    return this.#version;
  }
}

/** The last line with an error, without time and level. */
function lastReason(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return (lines.findLast((line) => /FATAL|ERROR|error/.test(line)) ?? lines.at(-1) ?? '')
    .replace(/^\S+\s+(FATAL|ERROR)\s+/, '')
    .slice(0, 500);
}

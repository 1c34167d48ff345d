import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProcessError, ToolError } from '../../interfaces/errors.ts';
import type { PrivateFiles } from '../../interfaces/files.ts';
import type { ProcessRunner, RunResult } from '../../interfaces/process.ts';
import type { SbomRequest, Scanner, ScanRequest } from '../../interfaces/scanner.ts';
import { databaseArguments, sbomArguments, scanArguments } from './arguments.ts';

const QUICK_MS = 30_000;
const DATABASE_MS = 300_000;

export interface TrivyOptions {
  runner: ProcessRunner;
  trivyPath: string;
  files: PrivateFiles;
  /** Added to the environment, e.g. DOCKER_CONFIG. */
  env?: Readonly<Record<string, string>>;
}

/** The program `trivy`; see `Scanner`. */
export class Trivy implements Scanner {
  readonly #options: TrivyOptions;
  /** Working folder: an own one, since Trivy takes trivy.yaml and .trivyignore from where it stands. */
  #folder: string | undefined;
  #database: Promise<void> | undefined;

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

  async scan(request: ScanRequest): Promise<unknown> {
    if (request.scanners.includes('vuln')) await this.#fetchDatabase(request);
    const output = join(this.#options.files.directory('scan'), 'report.json');
    await this.#run(scanArguments(request, output), request.timeoutMs + QUICK_MS, request);
    try {
      return JSON.parse(await readFile(output, 'utf8'));
    } catch (cause) {
      throw new ToolError('Trivy wrote no report that can be read', { reason: 'scan-failed', cause });
    }
  }

  /** Once for all scans of this run. */
  #fetchDatabase(request: ScanRequest): Promise<void> {
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

  async version(): Promise<string> {
    const { stdout } = await this.#run(['version', '--format=json'], QUICK_MS);
    const { Version: version }: { Version?: string } = JSON.parse(stdout);
    return version?.replace(/^v/, '') ?? 'unknown';
  }
}

/** The last line with an error, without time and level. */
function lastReason(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return (lines.findLast((line) => /FATAL|ERROR|error/.test(line)) ?? lines.at(-1) ?? '')
    .replace(/^\S+\s+(FATAL|ERROR)\s+/, '')
    .slice(0, 500);
}

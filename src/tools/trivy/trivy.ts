import { join } from 'node:path';
import { ProcessError, TimeoutError, ToolError } from '../../interfaces/errors.ts';
import type { PrivateFiles } from '../../interfaces/files.ts';
import type { Log } from '../../interfaces/log.ts';
import type { ProcessRunner, RunResult } from '../../interfaces/process.ts';
import { parseJsonObject, tryJsonObject } from '../../interfaces/reading/json.ts';
import type { SbomRequest, SbomScanRequest, Scanner, ScannerKind, ScanRequest } from '../../interfaces/scanner.ts';
import { codeOf, isMap } from '../../interfaces/values.ts';
import { registryVariables } from '../environment/logins.ts';
import { type CallFiles, convertArguments, databaseArguments, sbomArguments, sbomScanArguments, scanArguments } from './arguments.ts';
import { cacheOf, putLayers, readLayers, removeCache } from './cache.ts';
import { type Lacking, lacking, lastReason, ranOut } from './causes.ts';
import { type Asker, Databases } from './databases.ts';
import { readLimited } from './output.ts';
import { CHECKS_VARIABLES, DOWNLOAD_VARIABLES, type TrivySettings } from './settings.ts';

const QUICK_MS = 30_000;
/** Trivy's words after five seconds of waiting for the lock. */
const IN_USE = /cache may be in use/;

export interface TrivyOptions {
  runner: ProcessRunner;
  trivyPath: string;
  files: PrivateFiles;
  log: Log;
  settings: TrivySettings;
  /** Limit of each download: the input `timeout`. */
  timeoutMs: number;
  /** The input `database-max-age`. */
  databaseMaxAgeMs?: number | undefined;
  /** What is known of layers is kept in Trivy's cache folder for the next run. Default true. */
  keepLayers?: boolean;
  /** Added to the environment of downloads, e.g. DOCKER_CONFIG. */
  env?: Readonly<Record<string, string>>;
  /** Variables that helpers of docker's logins take. */
  logins?: readonly string[] | undefined;
}

interface Call {
  timeoutMs: number;
  passes?: readonly string[];
  env?: Readonly<Record<string, string>> | undefined;
  signal?: AbortSignal | undefined;
  onLine?: ((line: string) => void) | undefined;
}

/** The program `trivy`; see `Scanner`. What it looks at was written by others, so a scan gets neither logins nor settings of the job. */
export class Trivy implements Scanner {
  readonly #options: TrivyOptions;
  readonly #databases: Databases;
  /** Working folder: an own one, since Trivy takes trivy-secret.yaml from where it stands. */
  #folder: string | undefined;
  #files: CallFiles | undefined;
  #version: Promise<string> | undefined;

  constructor(options: TrivyOptions) {
    this.#options = options;
    const { settings, log, databaseMaxAgeMs: maxAgeMs } = options;
    this.#databases = new Databases({
      settings,
      log,
      maxAgeMs,
      download: async (database, address, asker) => {
        const args = databaseArguments(database, address, this.#callFiles(), options.timeoutMs);
        await this.#run(args, { ...this.#downloading(asker, [address]), timeoutMs: options.timeoutMs + QUICK_MS });
      },
    });
  }

  async #run(args: readonly string[], { timeoutMs, passes, env, signal, onLine }: Call): Promise<RunResult> {
    const { runner, trivyPath, files } = this.#options;
    this.#folder ??= files.directory('trivy');
    return await runner.run({
      command: [trivyPath, ...args],
      cwd: this.#folder,
      passes,
      // Plugins and modules of the user's are looked for in it.
      env: { NO_COLOR: '1', XDG_DATA_HOME: this.#folder, ...env },
      timeoutMs,
      failure: 'scan-failed',
      signal,
      onLine,
    });
  }

  #callFiles(): CallFiles {
    const { files, settings } = this.#options;
    this.#files ??= {
      configFile: files.file('trivy.yaml', ''),
      ignoreFile: files.file('trivyignore', ''),
      moduleFolder: files.directory('trivy-modules'),
      cacheFolder: settings.cacheFolder,
      offline: settings.offline,
    };
    return this.#files;
  }

  #downloading({ signal, onLine }: Pick<Call, 'signal' | 'onLine'>, addresses: readonly string[]): Omit<Call, 'timeoutMs'> {
    const { env, logins } = this.#options;
    return { passes: [...DOWNLOAD_VARIABLES, ...registryVariables(addresses), ...(logins ?? [])], env, signal, onLine };
  }

  async prepare(scanners: readonly ScannerKind[], signal: AbortSignal): Promise<void> {
    const asker = { subject: 'The first image', timeoutMs: this.#options.timeoutMs, signal };
    if (scanners.includes('vuln')) await this.#databases.vulnerabilities(asker).catch(() => undefined);
  }

  async scan(request: ScanRequest): Promise<unknown> {
    const asker = { ...request, subject: described(request.subject) };
    if (request.scanners.includes('vuln')) {
      await this.#databases.vulnerabilities(asker);
      await this.#databases.renewJava(asker);
    }
    const output = join(this.#options.files.directory('scan'), 'report.json');
    await this.#attempt('the scan', asker, () => this.#scanOnce(request, output));
    const wrong = (why: string): ToolError =>
      new ToolError(`Trivy wrote no report on ${asker.subject} that can be read: ${why}`, { reason: 'scan-failed' });
    const report = await readLimited(output, `the report on ${asker.subject}`).catch((error: unknown) => {
      throw error instanceof ToolError ? error : wrong(codeOf(error));
    });
    return parseJsonObject(report, wrong);
  }

  async #scanOnce(request: ScanRequest, output: string): Promise<void> {
    const layers = await this.#layersOf(request);
    // Checks of misconfigurations are fetched by the scan itself.
    const checks = request.scanners.includes('misconfig') ? this.#downloading(request, []) : undefined;
    const passes = [...CHECKS_VARIABLES, ...(checks?.passes ?? [])];
    const scan = (folder?: string) =>
      this.#run(scanArguments(request, output, this.#callFiles(), folder), {
        ...request,
        ...checks,
        passes: checks ? passes : [],
        timeoutMs: request.timeoutMs + QUICK_MS,
      });
    await scan(layers).catch(async (error: unknown) => {
      if (layers === undefined || !(error instanceof ProcessError) || error.exitCode === undefined) throw error;
      if (lacking(error.stderr) || ranOut(error.stderr)) throw error;
      // Another job scans the same image, or the cache is broken: a scan never depends on it.
      if (!IN_USE.test(error.stderr)) await removeCache(layers);
      request.onLine?.('once more, without the cache');
      await scan();
    });
  }

  /**
   * Whether an image holds a .jar is known only after a look at it, whether a database can be read only when it is: then once more, with what
   * was lacking. The error is in terms of the image.
   */
  async #attempt(what: string, asker: Asker, body: () => Promise<unknown>): Promise<void> {
    const mended = new Set<Lacking>();
    for (;;) {
      try {
        await body();
        return;
      } catch (error) {
        const lacks = error instanceof ProcessError ? lacking(error.stderr) : undefined;
        if (!(error instanceof ProcessError) || lacks === undefined || mended.has(lacks)) throw readable(error, what, asker);
        mended.add(lacks);
        if (lacks === 'Java database') await this.#databases.java(asker);
        else await this.#databases.replace(asker, lastReason(error.stderr));
      }
    }
  }

  /** A cache that cannot be made is none. */
  async #layersOf({ subject, layers, onLine }: Pick<ScanRequest, 'subject' | 'layers' | 'onLine'>): Promise<string | undefined> {
    if (this.#options.keepLayers === false) return undefined;
    const folder = await cacheOf(this.#options.settings.cacheFolder, await this.version(), subject).catch(() => undefined);
    if (folder !== undefined && layers !== undefined) {
      await putLayers(folder, layers).then(
        () => onLine?.('layers of an earlier image are known'),
        () => undefined,
      );
    }
    return folder;
  }

  async layersOf(subject: string): Promise<Uint8Array | undefined> {
    const folder = await this.#layersOf({ subject });
    return folder === undefined ? undefined : await readLayers(folder);
  }

  async sbom(request: SbomRequest): Promise<string> {
    const { timeoutMs, signal } = request;
    const asker = { subject: 'The image', timeoutMs, signal };
    const output = join(this.#options.files.directory('sbom'), 'sbom.json');
    const args = sbomArguments(request, output, this.#callFiles());
    await this.#attempt('the SBOM', asker, () => this.#run(args, { timeoutMs: timeoutMs + QUICK_MS, signal }));
    return await readLimited(output, 'the SBOM');
  }

  async sbomOf(report: unknown): Promise<string> {
    const input = this.#options.files.file('report.json', JSON.stringify(withoutFindings(report)));
    const output = join(this.#options.files.directory('sbom'), 'sbom.json');
    await this.#run(convertArguments(input, output, this.#callFiles()), { timeoutMs: QUICK_MS });
    return await readLimited(output, 'the SBOM');
  }

  async scanSbom({ sbom, subject, ...request }: SbomScanRequest): Promise<unknown> {
    const asker = { ...request, subject: described(subject) };
    await this.#databases.vulnerabilities(asker);
    const input = this.#options.files.file('sbom.json', sbom);
    const output = join(this.#options.files.directory('scan'), 'report.json');
    const args = sbomScanArguments(input, output, this.#callFiles(), request);
    const { timeoutMs, signal } = request;
    await this.#attempt('the scan', asker, () => this.#run(args, { timeoutMs: timeoutMs + QUICK_MS, signal }));
    const wrong = (why: string): ToolError =>
      new ToolError(`Trivy wrote no report on ${asker.subject} that can be read: ${why}`, { reason: 'scan-failed' });
    return parseJsonObject(await readLimited(output, `the report on ${asker.subject}`), wrong);
  }

  async database(): Promise<{ updatedAt: string | undefined; addresses: readonly string[] }> {
    const date = await this.#databases.dateInUse();
    return { updatedAt: date?.toISOString(), addresses: this.#options.settings.database.addresses };
  }

  version(): Promise<string> {
    this.#version ??= this.#run(['version', '--format=json'], { timeoutMs: QUICK_MS }).then(({ stdout }) => {
      return tryJsonObject<{ Version: string }>(stdout)?.Version?.replace(/^v/, '') ?? 'unknown';
    });
    return this.#version;
  }
}

/** What a report lists, without what was found in it. */
function withoutFindings(report: unknown): unknown {
  if (!isMap(report) || !Array.isArray(report.Results)) return report;
  const results = report.Results.filter(isMap).map(({ Vulnerabilities: _v, Secrets: _s, Misconfigurations: _m, ...rest }) => rest);
  return { ...report, Results: results };
}

/** `web linux/amd64` → `web (linux/amd64)` */
const described = (subject: string): string => subject.replace(/ (\S+)$/, ' ($1)');

/** The error in terms of the image. */
function readable(error: unknown, what: string, { subject, timeoutMs }: Asker): unknown {
  const isTimeout = error instanceof TimeoutError || (error instanceof ProcessError && ranOut(error.stderr));
  if (isTimeout) {
    return new TimeoutError(`${what} of ${subject} by trivy image (input "timeout")`, timeoutMs, {
      cause: error,
      hint: 'a larger "timeout" gives each build and each scan more time',
    });
  }
  if (!(error instanceof ProcessError) || error.exitCode === undefined) return error;
  return new ToolError(`${subject} could not be scanned by trivy image: ${lastReason(error.stderr)}`, {
    reason: 'scan-failed',
    cause: error,
  });
}

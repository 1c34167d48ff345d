import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ProcessError, TimeoutError, ToolError } from '../../interfaces/errors.ts';
import type { Log } from '../../interfaces/log.ts';
import { tryJsonObject } from '../../interfaces/reading/json.ts';
import { downloadCause } from './causes.ts';
import type { DatabaseSettings, TrivySettings } from './settings.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** An older database is said: it knows nothing of the newest vulnerabilities. Trivy's is made anew every six hours. */
const OLD_MS = 7 * DAY_MS;

/** For whom a database is needed. */
export interface Asker {
  /** `web (linux/amd64)`. */
  subject: string;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  onLine?: ((line: string) => void) | undefined;
}

export interface DatabasesOptions {
  settings: TrivySettings;
  log: Log;
  /** The input `database-max-age`. */
  maxAgeMs?: number | undefined;
  /** Fetches one database from one address. */
  download(database: DatabaseSettings, address: string, asker: Asker): Promise<void>;
}

/** What Trivy knows vulnerabilities and Java's packages by: fetched at most once, from the first address that has it, or kept by the job. */
export class Databases {
  readonly #options: DatabasesOptions;
  #replaced: Promise<void> | undefined;
  readonly #said = new Set<string>();
  readonly #fetched = new Map<DatabaseSettings, Promise<Failure | undefined>>();

  constructor(options: DatabasesOptions) {
    this.#options = options;
  }

  /** Makes sure that there is a vulnerability database that may decide. Returns its date. */
  async vulnerabilities(asker: Asker): Promise<Date | undefined> {
    const { settings, maxAgeMs } = this.#options;
    const { database } = settings;
    const before = dateOf(database);
    if (database.skip) {
      if (!isThere(database)) throw missing(database, asker);
    } else {
      const failure = await this.#fetch(database, asker);
      const isEnough = maxAgeMs !== undefined && before !== undefined && Date.now() - before.getTime() <= maxAgeMs;
      if (failure && !(isEnough && isThere(database))) throw notFetched(database, failure, asker);
      if (failure) this.#say('warning', `${said(database, failure)}. The one that is there is used, of ${day(before)}`);
    }
    const date = dateOf(database);
    this.#checkAge(date, asker);
    return date;
  }

  /** The vulnerability database that is there cannot be used: it is fetched anew, once, if the job lets us. */
  async replace(asker: Asker, why: string): Promise<void> {
    const { database } = this.#options.settings;
    const { name, folder, skip, skipVariable } = database;
    const broken = `Trivy’s ${name} in ${folder} cannot be used (${why.replace(/^.*DB error: /, '')})`;
    if (skip) {
      throw new ToolError(`${asker.subject} was not scanned: ${broken}, and ${skipVariable} forbids to fetch it`, {
        reason: 'scan-failed',
        hint: `restore a whole one of this version of Trivy, or leave ${skipVariable} out`,
      });
    }
    this.#say('info', `${broken}: it is fetched anew`);
    this.#replaced ??= rm(folder, { recursive: true, force: true }).then(() => void this.#fetched.delete(database));
    await this.#replaced;
    await this.vulnerabilities(asker);
  }

  /** When the vulnerability database was made that a scan would use. Undefined where one would be fetched first. */
  async dateInUse(): Promise<Date | undefined> {
    const { database } = this.#options.settings;
    const running = this.#fetched.get(database);
    await running?.catch(() => undefined);
    return database.skip || running !== undefined || !isOutdated(database) ? dateOf(database) : undefined;
  }

  /** The Java database, for an image that holds a .jar. */
  async java(asker: Asker): Promise<void> {
    const { javaDatabase } = this.#options.settings;
    if (javaDatabase.skip) throw missing(javaDatabase, asker);
    const failure = await this.#fetch(javaDatabase, asker);
    if (failure) throw notFetched(javaDatabase, failure, asker);
  }

  /** One that is there and has had its time is renewed if that works: it knows nearly all that a newer one does. */
  async renewJava(asker: Asker): Promise<void> {
    const { settings } = this.#options;
    const { javaDatabase } = settings;
    if (javaDatabase.skip || settings.offline || !isStale(javaDatabase)) return;
    const failure = await this.#fetch(javaDatabase, asker);
    if (failure) this.#say('warning', `${said(javaDatabase, failure)}. The one that is there is used, of ${day(dateOf(javaDatabase))}`);
  }

  /** Returns why no address had it. Scans side by side share one download. */
  #fetch(database: DatabaseSettings, asker: Asker): Promise<Failure | undefined> {
    const running = this.#fetched.get(database);
    if (running) return running;
    const started = this.#inTurn(database, asker).catch((error: unknown) => {
      this.#fetched.delete(database);
      throw error;
    });
    this.#fetched.set(database, started);
    return started;
  }

  async #inTurn(database: DatabaseSettings, asker: Asker): Promise<Failure | undefined> {
    const causes: string[] = [];
    const errors: unknown[] = [];
    for (const address of database.addresses) {
      try {
        await this.#options.download(database, address, asker);
        return undefined;
      } catch (error) {
        if (!(error instanceof TimeoutError) && (!(error instanceof ProcessError) || error.exitCode === undefined)) throw error;
        const cause =
          error instanceof TimeoutError ? `not there within ${asker.timeoutMs / 1000} s (input "timeout")` : downloadCause(error.stderr);
        this.#options.log.info(`Trivy’s ${database.name} could not be fetched from ${address}: ${cause}`);
        causes.push(`${address}: ${cause}`);
        errors.push(error);
      }
    }
    return { causes, cause: errors.at(-1) };
  }

  /** Once, not for each image. */
  #say(level: 'info' | 'notice' | 'warning', text: string): void {
    if (!this.#said.has(text)) this.#options.log[level](text);
    this.#said.add(text);
  }

  #checkAge(date: Date | undefined, { subject }: Asker): void {
    const { maxAgeMs, settings } = this.#options;
    if (date === undefined) return;
    const ageMs = Date.now() - date.getTime();
    const { skip, skipVariable, addressVariable, name } = settings.database;
    const old = `Trivy’s ${name} is of ${day(date)}, ${Math.floor(ageMs / DAY_MS)} days old`;
    const renew = skip
      ? `The job keeps it (${skipVariable}): fetch it anew there.`
      : `Does the mirror of ${addressVariable} still get new ones?`;
    if (maxAgeMs !== undefined && ageMs > maxAgeMs) {
      throw new ToolError(`${subject} was not scanned: ${old}, and "database-max-age" allows ${span(maxAgeMs)}`, {
        reason: 'scan-failed',
        hint: renew,
      });
    }
    const isOld = maxAgeMs === undefined && ageMs > OLD_MS;
    const text = `${old}: what became known since is not found. ${renew} The input "database-max-age" refuses an old one`;
    // One that was just fetched is as new as its address has it.
    if (isOld) this.#say(skip ? 'warning' : 'notice', text);
    else this.#say('info', `Trivy’s ${name} is of ${day(date)}`);
  }
}

interface Failure {
  /** Address and cause, in turn. */
  causes: string[];
  cause: unknown;
}

function said({ name, addressVariable, isNamed }: DatabaseSettings, { causes }: Failure): string {
  const variable = isNamed ? `addresses of ${addressVariable}` : `${addressVariable} names mirrors`;
  return `Trivy’s ${name} could not be fetched from ${causes.join('; ')} (${variable})`;
}

function notFetched(database: DatabaseSettings, failure: Failure, { subject }: Asker): ToolError {
  return new ToolError(`${subject} was not scanned: ${said(database, failure)}`, {
    reason: 'scan-failed',
    cause: failure.cause,
    hint: `without it nothing is pushed. Name mirrors by ${database.addressVariable}, separated by commas, or keep ${database.folder} between jobs`,
  });
}

function missing({ name, folder, skipVariable, isNeeded }: DatabaseSettings, { subject }: Asker): ToolError {
  const what = isNeeded === 'always' ? `Trivy’s ${name} is not in` : `${isNeeded} needs Trivy’s ${name}, which is not in`;
  return new ToolError(`${subject} was not scanned: ${what} ${folder}, and ${skipVariable} forbids to fetch it`, {
    reason: 'scan-failed',
    hint: `restore ${folder} in a step before this one, or leave ${skipVariable} out`,
  });
}

const isThere = ({ folder }: DatabaseSettings): boolean =>
  existsSync(join(folder, 'metadata.json')) && existsSync(join(folder, 'trivy.db'));

/** By Trivy's own rule: it would be fetched again. */
function isOutdated(database: DatabaseSettings): boolean {
  const metadata = metadataOf(database);
  return !isThere(database) || Date.now() > Math.max(timeOf(metadata?.NextUpdate), timeOf(metadata?.DownloadedAt) + HOUR_MS);
}

const timeOf = (value: unknown): number => Date.parse(String(value)) || 0;

/** By Trivy's own rule. */
function isStale(database: DatabaseSettings): boolean {
  const metadata = metadataOf(database);
  return metadata !== undefined && Date.now() > Math.max(timeOf(metadata.NextUpdate), timeOf(metadata.DownloadedAt) + DAY_MS);
}

/** When it was made. */
function dateOf(database: DatabaseSettings): Date | undefined {
  const date = new Date(String(metadataOf(database)?.UpdatedAt));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function metadataOf({ folder }: DatabaseSettings): Record<string, unknown> | undefined {
  try {
    return tryJsonObject<Record<string, unknown>>(readFileSync(join(folder, 'metadata.json'), 'utf8'));
  } catch {
    // There is none, or it is broken: then Trivy says so.
    return undefined;
  }
}

const day = (date: Date | undefined): string => date?.toISOString().slice(0, 10) ?? 'an unknown date';
const span = (ms: number): string => (ms >= DAY_MS ? `${Number((ms / DAY_MS).toFixed(1))}d` : `${Number((ms / 3_600_000).toFixed(1))}h`);

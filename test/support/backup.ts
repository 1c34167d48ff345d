import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import type { TakeOptions } from '../../src/backup/index.ts';
import type { BackupTools } from '../../src/backup/tools.ts';
import type { Log } from '../../src/interfaces/log.ts';
import type { DatabaseAddress } from '../../src/interfaces/postgres.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { Age } from '../../src/tools/age.ts';
import { UndiciHttp } from '../../src/tools/http.ts';
import { PostgresClient } from '../../src/tools/postgres/client.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { RcloneS3 } from '../../src/tools/rclone.ts';
import type { S3Location } from '../../src/tools/s3/location.ts';
import { ScratchFolder } from '../../src/tools/scratch.ts';
import { Tar } from '../../src/tools/tar-program.ts';
import { logBy } from './log.ts';

export interface KeyPair {
  recipient: string;
  /** Path of the private key's file. */
  identityFile: string;
  secret: string;
}

/** A new key of age, in a folder that exists. */
export function makeKey(folder: string, name: string): KeyPair {
  const identityFile = join(folder, name);
  execaSync('age-keygen', ['-o', identityFile]);
  const text = execaSync('cat', [identityFile]).stdout;
  const recipient = /public key: (age1\S+)/.exec(text)?.[1] ?? '';
  return { recipient, identityFile, secret: /AGE-SECRET-KEY-\S+/.exec(text)?.[0] ?? '' };
}

export interface Toolbox {
  tools: BackupTools;
  lines: string[];
  scratch: ScratchFolder;
  close(): void;
}

const LIMIT_MS = 120_000;

/** The real programs, run by the product's own classes. `path`: a folder before PATH, or instead of it (`alone`), for programs that fail. */
export function toolbox(
  bin: string,
  location: S3Location,
  more: { path?: string; signal?: AbortSignal; compress?: string; scratch?: string; alone?: boolean } = {},
): Toolbox {
  const lines: string[] = [];
  const base = mkdtempSync(join(more.scratch ?? tmpdir(), 'todo-deploy-test-'));
  const scratch = new ScratchFolder(base);
  const path = [more.path, ...(more.alone ? [] : [bin, process.env.PATH])].filter((part) => part !== undefined).join(':');
  const env = { ...process.env, PATH: path };
  const runner = new NodeProcessRunner({ env });
  const limits = { runner, timeoutMs: LIMIT_MS, signal: more.signal };
  const postgres = new PostgresClient({ ...limits, files: scratch, clock: systemClock, failure: 'backup-failed', compress: more.compress });
  const store = new RcloneS3({ ...limits, location, files: scratch, clock: systemClock, http: new UndiciHttp() });
  const tools = { postgres, store, encryption: new Age(limits), archiver: new Tar(limits), scratch, clock: systemClock, log: logTo(lines) };
  return { tools, lines, scratch, close: () => rmSync(base, { recursive: true, force: true }) };
}

function logTo(lines: string[]): Log {
  const add = (message: string) => void lines.push(message);
  return logBy(add);
}

let runs = 0;

export const takeOptions = (address: DatabaseAddress, keys: readonly KeyPair[], more: Partial<TakeOptions> = {}): TakeOptions => ({
  app: { namespace: 'todo', release: 'todo' },
  address,
  recipients: keys.map(({ recipient }) => recipient),
  jobs: 2,
  policy: { keep: { hours: 24, days: 7, weeks: 4, months: 12 }, keepGood: 3, cap: 10 },
  random: (runs++ % 0xffffff).toString(16).padStart(6, '0'),
  ...more,
});

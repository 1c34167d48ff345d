import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import type { TakeOptions } from '../../../src/backup/index.ts';
import type { Toolbox } from '../backup.ts';
import { before } from '../faults.ts';
import type { Server } from '../postgres/server.ts';
import type { S3 } from '../s3.ts';

/** Bytes of a part: a backup has several. */
export const PART = 100_000;

/** What runs, whatever fails. */
export interface Scene {
  source: Server;
  /** Of a newer PostgreSQL. */
  newer: Server;
  s3: S3;
  readOnly: S3;
  /** How many a backup has. */
  parts: number;
}

/** What a fault changes of a run; all of it has a default. */
export interface Attempt {
  scene: Scene;
  options: TakeOptions;
  box(more?: { path?: string; scratch?: string; signal?: AbortSignal; location?: S3['location']; bin?: string; alone?: boolean }): Toolbox;
  /** A folder of programs that go before the real ones. */
  path: string;
  after: (() => void | Promise<void>)[];
  /** A number from 1 to this one, by the seed. */
  upTo(limit: number): number;
}

export interface Fault {
  name: string;
  /** Of the error: its reason, and words of it. */
  reason: string;
  says: RegExp;
  arrange(attempt: Attempt): Toolbox | Promise<Toolbox>;
}

export const bin = (attempt: Attempt, program: string, script: string, counted?: string): Toolbox => {
  before(attempt.path, attempt.scene.source.bin, program, script, counted);
  return attempt.box({ path: attempt.path });
};

export const fullDisk = (attempt: Attempt, kilobytes: number): Toolbox => {
  const disk = mkdtempSync(join(tmpdir(), 'todo-deploy-full-'));
  execaSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', disk]);
  attempt.after.push(() => void execaSync('umount', ['--lazy', disk]));
  return attempt.box({ scratch: disk });
};

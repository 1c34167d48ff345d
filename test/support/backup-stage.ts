import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KeyPair, makeKey } from './backup.ts';
import { type Closable, closeAll } from './close-all.ts';
import { type Server, startPostgres } from './postgres/server.ts';
import { type S3, startS3 } from './s3.ts';

/** Makes the database `todo`, with something of each kind in it. */
export const SEED = readFileSync(new URL('./postgres/seed.sql', import.meta.url), 'utf8');

/** What it takes is built, installed and fetched the first time. */
export const STAGE_LIMIT_MS = 600_000;

/** What a test of backups plays on. */
export interface Stage {
  s3: S3;
  servers: readonly Server[];
  /** Of the keys; tests put there what they need. */
  folder: string;
  /** At least the two that a backup takes. */
  keys: readonly [KeyPair, KeyPair, ...KeyPair[]];
  close(): Promise<void>;
}

/** A storage, so many of the oldest PostgreSQL, two keys, and one for each more name. What was started is closed where the rest does not start. */
export async function openStage({ servers = 1, more = [] }: { servers?: number; more?: readonly string[] } = {}): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'todo-deploy-keys-'));
  const opened: Closable[] = [{ close: () => rmSync(folder, { recursive: true, force: true }) }];
  const close = () => closeAll(opened);
  try {
    const s3 = await startS3();
    opened.push(s3);
    const started: Server[] = [];
    while (started.length < servers) {
      const server = await startPostgres('oldest');
      opened.push(server);
      started.push(server);
    }
    const key = (name: string) => makeKey(folder, name);
    return { s3, servers: started, folder, keys: [key('online'), key('offline'), ...more.map(key)], close };
  } catch (error) {
    await close();
    throw error;
  }
}

import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CACHE } from '../config.ts';

/** The folder of the built images, outside the repository: `$TODO_DEPLOY_CACHE/images`. */
export function imageCache(): string {
  return join(CACHE, 'images');
}

/** Twelve hexadecimal digits that stand for `pins`: any JSON value. */
export function keyOf(pins: unknown): string {
  return createHash('sha256').update(JSON.stringify(pins)).digest('hex').slice(0, 12);
}

const making = new Map<string, Promise<boolean>>();

/**
 * Makes the folder `dir` once: `make` fills a scratch folder beside it, which is renamed when complete. Who asks for a folder
 * that this process is making already waits for that. Says whether it made it.
 */
export async function once(dir: string, make: (scratch: string) => Promise<void>): Promise<boolean> {
  const other = making.get(dir);
  if (other) return other.then(() => false);
  const mine = makeFolder(dir, make).finally(() => making.delete(dir));
  making.set(dir, mine);
  return mine;
}

async function makeFolder(dir: string, make: (scratch: string) => Promise<void>): Promise<boolean> {
  if (await exists(dir)) return false;
  await mkdir(dirname(dir), { recursive: true });
  const scratch = await mkdtemp(`${dir}.part-`);
  try {
    await make(scratch);
    await rename(scratch, dir);
    return true;
  } catch (error) {
    // Another process finished the same folder first: theirs is as good.
    if ((error as NodeJS.ErrnoException).code === 'ENOTEMPTY') return false;
    throw error;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Removes scratch folders below `dir` that a killed run left: those untouched for an hour. */
export async function sweep(dir: string): Promise<void> {
  for (const name of await readdir(dir).catch(() => [])) {
    const path = join(dir, name);
    const stats = name.includes('.part-') ? await stat(path).catch(() => undefined) : undefined;
    if (stats === undefined || Date.now() - stats.mtimeMs < 3_600_000) continue;
    await rm(path, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

export async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}

import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** The folder of the built images, outside the repository: `$TODO_DEPLOY_CACHE/images`. */
export function imageCache(): string {
  return join(process.env.TODO_DEPLOY_CACHE ?? join(homedir(), '.cache/todo-deploy'), 'images');
}

/** Twelve hexadecimal digits that stand for `pins`: any JSON value. */
export function keyOf(pins: unknown): string {
  return createHash('sha256').update(JSON.stringify(pins)).digest('hex').slice(0, 12);
}

/** Makes the folder `dir` once: `make` fills a scratch folder beside it, which is renamed when complete. Says whether it made it. */
export async function once(dir: string, make: (scratch: string) => Promise<void>): Promise<boolean> {
  if (await exists(dir)) return false;
  await mkdir(dirname(dir), { recursive: true });
  const scratch = await mkdtemp(`${dir}.part-`);
  try {
    await make(scratch);
    await rename(scratch, dir);
    return true;
  } catch (error) {
    // Another run finished the same folder first: theirs is as good.
    if ((error as NodeJS.ErrnoException).code === 'ENOTEMPTY') return false;
    throw error;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

export async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}

import { mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What Trivy shares between scans; each has its place in the cache folder. */
const SHARED = ['db', 'java-db', 'policy'];
/** Trivy never drops a layer from its cache. */
const MAX_BYTES = 256 * 1024 * 1024;
const MAX_SENT = 32 * 1024 * 1024;

/** Returns where Trivy keeps its cache. */
export function cacheRoot(env: Readonly<Record<string, string | undefined>>): string {
  if (env.TRIVY_CACHE_DIR) return env.TRIVY_CACHE_DIR;
  const home = env.HOME || homedir();
  if (process.platform === 'darwin') return join(home, 'Library', 'Caches', 'trivy');
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'trivy');
}

/**
 * Returns a cache folder for one image (`subject`), made where it is missing: its own layers, everything else that of `root`. Trivy locks its
 * cache while it scans, so images do not share one. A layer is known by the digest of its content, which the container runtime checks as well,
 * and by the version of each analyzer; `version` is in the path besides, so that a fixed analyzer looks at every layer again.
 */
export async function cacheOf(root: string, version: string, subject: string): Promise<string> {
  const folder = join(root, 'todo-deploy', version, encodeURIComponent(subject));
  const layers = await stat(layersIn(folder)).catch(() => undefined);
  if (layers !== undefined && layers.size > MAX_BYTES) await removeCache(folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await Promise.all(SHARED.map((name) => link(join(root, name), join(folder, name))));
  return folder;
}

const layersIn = (folder: string): string => join(folder, 'fanal', 'fanal.db');

/** Only where there is nothing yet. */
export async function putLayers(folder: string, layers: Uint8Array): Promise<void> {
  await mkdir(join(folder, 'fanal'), { recursive: true, mode: 0o700 });
  await writeFile(layersIn(folder), layers, { mode: 0o600, flag: 'wx' });
}

/** Undefined where there is nothing, or more than is worth sending. */
export async function readLayers(folder: string): Promise<Uint8Array | undefined> {
  const file = await stat(layersIn(folder)).catch(() => undefined);
  return file === undefined || file.size > MAX_SENT ? undefined : await readFile(layersIn(folder));
}

export const removeCache = (folder: string): Promise<void> => rm(join(folder, 'fanal'), { recursive: true, force: true });

async function link(target: string, path: string): Promise<void> {
  await mkdir(target, { recursive: true });
  await symlink(target, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

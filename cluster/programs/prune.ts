import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { programFolder, programsFolder } from './cache.ts';
import { allPrograms } from './pins.ts';

const KEPT_DAYS = 14;
const DAY = 24 * 60 * 60_000;

/**
 * Removes builds of other versions or options that nobody has used for two weeks: another checkout may still need those that are in use.
 * Returns the names of the removed folders.
 */
export async function pruneBuilds(folder = programsFolder(), now = Date.now()): Promise<string[]> {
  const current = new Set(allPrograms.map((name) => basename(programFolder(name))));
  const isBuild = (name: string) => allPrograms.some((program) => name.startsWith(`${program}-v`)) && /-[0-9a-f]{12}$/.test(name);
  const removed: string[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    if (!isBuild(name) || current.has(name)) continue;
    const { mtimeMs } = await stat(join(folder, name));
    if (now - mtimeMs < KEPT_DAYS * DAY) continue;
    await rm(join(folder, name), { recursive: true, force: true });
    removed.push(name);
  }
  return removed.sort();
}

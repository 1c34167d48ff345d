import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a file and its folders in one step; readable by others only when `mode` says so. Returns the path. */
export async function writeText(path: string, text: string, mode = 0o600): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.${randomUUID()}`;
  await writeFile(part, text, { mode });
  await rename(part, path);
  return path;
}

/** The text of a file, or undefined when it is not there. */
export async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { BuildContexts } from '../../interfaces/build-context.ts';
import { type Ignore, NOTHING_IGNORED, readIgnore } from './ignore.ts';

/** Beyond these a build, whose builder keeps what it has read, is not slower. */
const MAX_FILES = 100_000;
const MAX_BYTES = 2 * 1024 * 1024 * 1024;

/** Build contexts on disk; see `BuildContexts`. */
export const contextFiles: BuildContexts = {
  async digest(folder, dockerfile, signal) {
    const walk = { root: folder, ignore: await ignoreOf(folder, dockerfile), hash: createHash('sha256'), files: 0, bytes: 0, signal };
    return (await addFolder(walk, '')) ? `sha256:${walk.hash.digest('hex')}` : undefined;
  },
  dockerfile: (path) => readFile(path, 'utf8'),
};

/** The Dockerfile's own ignore file goes before the context's. */
export async function ignoreOf(folder: string, dockerfile: string | undefined): Promise<Ignore> {
  const paths = [...(dockerfile === undefined ? [] : [`${dockerfile}.dockerignore`]), join(folder, '.dockerignore')];
  for (const path of paths) {
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text !== undefined) return readIgnore(text);
  }
  return NOTHING_IGNORED;
}

interface Walk {
  root: string;
  ignore: Ignore;
  hash: Hash;
  files: number;
  bytes: number;
  signal: AbortSignal | undefined;
}

/** In the order of names. False where something cannot be hashed. */
async function addFolder(walk: Walk, path: string): Promise<boolean> {
  walk.signal?.throwIfAborted();
  const names = (await readdir(join(walk.root, path))).sort();
  for (const name of names) {
    const child = path === '' ? name : `${path}/${name}`;
    const place = join(walk.root, child);
    const info = await lstat(place);
    const folder = info.isDirectory();
    const ignored = walk.ignore.ignores(child);
    if (ignored && !(folder && walk.ignore.keepsSome)) continue;
    note(walk, [child, info.mode.toString(8)]);
    if (info.isSymbolicLink()) note(walk, ['link', await readlink(place)]);
    else if (folder ? !(await addFolder(walk, child)) : !info.isFile() || !(await addFile(walk, place, info.size))) return false;
  }
  return true;
}

async function addFile(walk: Walk, place: string, size: number): Promise<boolean> {
  walk.files++;
  walk.bytes += size;
  if (walk.files > MAX_FILES || walk.bytes > MAX_BYTES) return false;
  const hash = createHash('sha256');
  if (size <= 1024 * 1024) hash.update(await readFile(place));
  else await pipeline(createReadStream(place), hash);
  note(walk, ['file', hash.digest('hex')]);
  return true;
}

/** Each part with its length: no two lists are the same text. */
function note({ hash }: Walk, parts: readonly string[]): void {
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part}`);
}

import { createHash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { lstat, lutimes, readdir, readlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from './process.ts';

/** Files of one machine or one run that no layer may hold. */
const LEFT_OUT =
  /^\/(etc\/(resolv\.conf|hostname)|dev\/.+|proc\/.+|sys\/.+|run\/.+|tmp\/.+|var\/(log|tmp)\/.+|var\/lib\/apt\/lists\/.+|var\/cache\/.+)$/;

/**
 * Packs what the folder `root` has beyond the folder `base` as the tar `out`; what `base` has more becomes whiteouts
 * (`.wh.` files, image-spec "layer"). Owners and package times stay; files made after `started` get the time 0, so that two
 * builds are alike.
 */
export async function packDifference(root: string, base: string | undefined, out: string, started: Date): Promise<void> {
  const now = await walk(root);
  const before = base === undefined ? new Map<string, Stats>() : await walk(base);
  const changed: string[] = [];
  for (const [path, stats] of now) {
    const old = before.get(path);
    if (old && base !== undefined && (await same(join(root, path), stats, join(base, path), old))) continue;
    if (stats.mtime >= started) await lutimes(join(root, path), 0, 0);
    changed.push(path);
  }
  for (const path of before.keys()) {
    if (now.has(path) || !now.has(dirname(path))) continue;
    const whiteout = join(dirname(path), `.wh.${path.slice(path.lastIndexOf('/') + 1)}`);
    await writeFile(join(root, whiteout), '');
    await lutimes(join(root, whiteout), 0, 0);
    changed.push(whiteout);
  }
  const list = `${out}.list`;
  await writeFile(
    list,
    changed
      .sort()
      .map((path) => `.${path}\0`)
      .join(''),
  );
  await run('tar', ['--numeric-owner', '--format=gnu', '--no-recursion', '--null', '-C', root, '-T', list, '-cf', out]);
}

/** Every entry below `root`, by its path from there with a leading slash. */
async function walk(root: string, folder = '/', found = new Map<string, Stats>()): Promise<Map<string, Stats>> {
  for (const name of await readdir(join(root, folder))) {
    const path = join(folder, name);
    if (LEFT_OUT.test(path)) continue;
    const stats = await lstat(join(root, path));
    found.set(path, stats);
    if (stats.isDirectory()) await walk(root, path, found);
  }
  return found;
}

async function same(left: string, a: Stats, right: string, b: Stats): Promise<boolean> {
  if (a.mode !== b.mode || a.uid !== b.uid || a.gid !== b.gid) return false;
  if (a.isSymbolicLink()) return (await readlink(left)) === (await readlink(right));
  if (!a.isFile()) return true;
  return a.size === b.size && (await digest(left)) === (await digest(right));
}

async function digest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

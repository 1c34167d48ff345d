import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { codeOf } from '../../interfaces/values.ts';

/** As the kernel's. */
const MAX_LINKS = 40;

/** Whether a path is a folder or below it, by name alone. */
export const isInside = (path: string, root: string): boolean => {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
};

/** Git's own folder may hold the token of the checkout. */
export const isGitsOwn = (path: string): boolean => path.split(sep).includes('.git');

/** Where a path leads; undefined where it leads to nothing. */
export function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(codeOf(error))) return undefined;
    throw error;
  }
}

/** Where a file would come to be that is not there yet: the links of its folders are followed, and its own. */
export function futureOf(path: string, links = 0): string {
  const real = realOf(path);
  if (real !== undefined) return real;
  const folder = dirname(path);
  if (folder === path || links > MAX_LINKS) return path;
  const target = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(path) : undefined;
  const parent = futureOf(folder, links);
  return target === undefined ? join(parent, basename(path)) : futureOf(resolve(parent, target), links + 1);
}

/** The folder of the Git repository that a folder is in; undefined for none. */
export function gitRoot(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (at === dirname(at)) return undefined;
  }
}

import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isGitsOwn, isInside, realOf } from './inside.ts';

/** A file of a chart that Helm would read from somewhere else. */
export interface Foreign {
  path: string;
  why: string;
}

/**
 * Helm follows symbolic links in a chart's folder, to files and to folders. Returns the first one that leads neither to the chart nor below
 * `root`, and the first thing that is no file (reading a pipe never ends); undefined where all is the chart's own.
 */
export function foreignIn(folder: string, root: string | undefined): Foreign | undefined {
  const own = realOf(folder) ?? folder;
  const allowed = root === undefined ? undefined : (realOf(root) ?? root);
  const seen = new Set<string>();
  const folders = [{ shown: folder, real: own }];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    if (seen.has(next.real)) continue;
    seen.add(next.real);
    for (const entry of readdirSync(next.real, { withFileTypes: true })) {
      const path = join(next.shown, entry.name);
      const real = entry.isSymbolicLink() ? realOf(join(next.real, entry.name)) : join(next.real, entry.name);
      if (real === undefined) return { path, why: 'is a symbolic link that leads nowhere' };
      if (entry.isSymbolicLink() && !isInside(real, own)) {
        if (allowed === undefined || !isInside(real, allowed)) return { path, why: `is a symbolic link to ${real}` };
        if (isGitsOwn(relative(allowed, real))) return { path, why: `is a symbolic link into Git's own folder` };
      }
      const kind = entry.isSymbolicLink() ? statSync(real) : entry;
      if (kind.isDirectory()) folders.push({ shown: path, real });
      else if (!kind.isFile()) return { path, why: `is ${wordFor(kind)}, not a file` };
    }
  }
  return undefined;
}

const wordFor = (kind: Pick<Dirent, 'isFIFO' | 'isSocket'>): string =>
  kind.isFIFO() ? 'a pipe' : kind.isSocket() ? 'a socket' : 'a device';

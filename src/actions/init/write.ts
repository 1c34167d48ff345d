import { lstatSync, mkdirSync, readFileSync, realpathSync, type Stats, statSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import type { PlannedFile } from '../../init/index.ts';
import { codeOf } from '../../interfaces/values.ts';

export interface WrittenFile extends PlannedFile {
  /** `same`: it was there, with this content. `kept`: it was there, with another one. */
  state: 'written' | 'planned' | 'same' | 'kept';
}

/** Writes what is not there yet; never what is. Returns what became of each, in the same order. */
export function writeFiles(root: string, files: readonly PlannedFile[], dryRun: boolean): WrittenFile[] {
  return files.map((file) => ({ ...file, state: writeFile(join(root, file.path), file.content, root, dryRun) }));
}

function writeFile(path: string, content: string, root: string, dryRun: boolean): WrittenFile['state'] {
  const there = stateOf(path, content);
  if (there !== undefined) return there;
  // A folder that is a link may lead out of the checkout.
  if (!isInside(dirname(path), root)) return 'kept';
  if (dryRun) return 'planned';
  mkdirSync(dirname(path), { recursive: true });
  try {
    // Whatever came there meanwhile stays.
    writeFileSync(path, content, { flag: 'wx' });
    return 'written';
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return stateOf(path, content) ?? 'kept';
    throw error;
  }
}

function stateOf(path: string, content: string): 'same' | 'kept' | undefined {
  const stat = seenAt(path);
  if (stat === undefined) return undefined;
  return stat.isFile() && readFileSync(path, 'utf8') === content ? 'same' : 'kept';
}

/** undefined where there is nothing, or what should be a folder on the way is a file. */
function seenAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** The nearest folder that is there decides; a file is none. */
function isInside(folder: string, root: string): boolean {
  const stat = seenAt(folder);
  if (stat === undefined) return isInside(dirname(folder), root);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return false;
  const [real, top] = [realpathSync(folder), realpathSync(root)];
  return real === top || real.startsWith(`${top}${sep}`);
}

import { mkdir, readlink, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PATHS } from './config.ts';
import { type ProgramName, startPrograms } from './programs/build.ts';
import { say } from './progress.ts';

/** Links programs into our PATH as soon as they are built. */
export type Need = (...names: ProgramName[]) => Promise<void>;

/** Begins to build what is missing, in the order of need; the result waits for single programs. */
export function beginPrograms(names: readonly ProgramName[]): Need {
  const started = startPrograms(names, { onProgress: say });
  const linked = new Map<ProgramName, Promise<void>>();
  for (const [name, paths] of started) linked.set(name, paths.then(linkAll));
  for (const link of linked.values()) link.catch(() => {}); // whoever awaits it gets the error
  return async (...wanted) => {
    await Promise.all(wanted.map((name) => linked.get(name)));
  };
}

async function linkAll(paths: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(PATHS.bin, { recursive: true });
  for (const [name, target] of paths) {
    await link(target, join(PATHS.bin, name));
    // Where the docker CLI looks for its plugins.
    if (name === 'docker-buildx') {
      await mkdir(join(PATHS.docker, 'cli-plugins'), { recursive: true });
      await link(target, join(PATHS.docker, 'cli-plugins', name));
    }
  }
}

async function link(target: string, path: string): Promise<void> {
  if ((await readlink(path).catch(() => '')) === target) return;
  await symlink(target, `${path}.new`);
  await rename(`${path}.new`, path);
}

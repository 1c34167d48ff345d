import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ClusterError, messageOf } from '../errors.ts';
import { executablePaths, isBuilt, markUsed, programFolder, programsFolder, programVersion } from './cache.ts';
import { ensureDebianPackages } from './debian.ts';
import { checkGo, checkMachine, goBuild } from './go.ts';
import { withLock } from './lock.ts';
import { allPrograms, type ProgramName, pins } from './pins.ts';

export { laterPrograms, neededFirst, type ProgramName } from './pins.ts';

export interface BuildOptions {
  /** One line each: `building …`, `built helm4 v4.3.1 in 41 s`, `waiting for …`. Nothing for what is already built. */
  onProgress?: (line: string) => void;
  /** The programs are used without the cluster, so any machine with Go will do. */
  alone?: boolean;
}

/** How long to wait for another process that builds the same program, ms. */
const LOCK_LIMIT = 60 * 60_000;

/**
 * Builds the programs that are missing, in the order in which the cluster needs them.
 * Returns the absolute path of every executable by the name it is called by (`kubelet`, `helm`, `ctr`, `docker-buildx` …).
 * Throws a ClusterError if this machine cannot build, or a build fails.
 */
export async function ensurePrograms(names: readonly ProgramName[], options: BuildOptions = {}): Promise<Map<string, string>> {
  const paths = new Map<string, string>();
  for (const built of startPrograms(names, options).values()) {
    for (const [file, path] of await built) paths.set(file, path);
  }
  return paths;
}

/**
 * Like ensurePrograms, with one promise per program, so that finished ones can start while the rest is building.
 * A failed build does not stop the others; if this machine cannot build at all, every promise is rejected.
 */
export function startPrograms(names: readonly ProgramName[], options: BuildOptions = {}): Map<ProgramName, Promise<Map<string, string>>> {
  const onProgress = options.onProgress ?? (() => {});
  const wanted = allPrograms.filter((name) => names.includes(name));
  const missing = wanted.filter((name) => !isBuilt(name));
  for (const name of wanted) if (!missing.includes(name)) markUsed(name);
  const prepared = missing.length === 0 ? Promise.resolve() : Promise.resolve().then(() => prepare(missing, options));
  let before: Promise<unknown> = prepared;
  const started = new Map<ProgramName, Promise<Map<string, string>>>();
  for (const name of wanted) {
    const turn = before.catch(() => {});
    const ready = missing.includes(name) ? turn.then(() => prepared).then(() => build(name, onProgress)) : Promise.resolve();
    if (missing.includes(name)) before = ready;
    const paths = ready.then(() => new Map(executablePaths(name)));
    paths.catch(() => {}); // whoever awaits it gets the error; otherwise it must not end the process
    started.set(name, paths);
  }
  return started;
}

function prepare(missing: readonly ProgramName[], { alone = false, onProgress = () => {} }: BuildOptions): void {
  if (!alone) checkMachine();
  checkGo([...new Set(missing.map((name) => pins[name].folder))], missing);
  ensureDebianPackages([...new Set(missing.flatMap((name) => pins[name].debian ?? []))], onProgress);
  onProgress(`building ${missing.length} programs once: ${missing.join(', ')}`);
}

async function build(name: ProgramName, onProgress: (line: string) => void): Promise<void> {
  const folder = programFolder(name);
  const version = programVersion(name);
  const waiting = (text: string) => onProgress(`${name}: waiting for ${text}`);
  await withLock(join(programsFolder(), 'building.lock'), `building ${name} ${version}`, LOCK_LIMIT, waiting, async () => {
    if (isBuilt(name)) return;
    const begin = Date.now();
    onProgress(`building ${name} ${version} …`);
    const unfinished = join(programsFolder(), `.unfinished-${name}`);
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    await goBuild(name, pins[name], version, unfinished, join(programsFolder(), 'logs', `${name}.log`));
    const [first] = Object.keys(pins[name].executables);
    for (const link of pins[name].links ?? []) symlinkSync(first ?? name, join(unfinished, link));
    renameSync(unfinished, folder);
    onProgress(`built ${name} ${version} in ${Math.round((Date.now() - begin) / 1000)} s`);
  });
}

/** `node cluster/programs/build.ts [names…]`: all of them without names. Prints the executables' paths. */
async function main(asked: readonly string[]): Promise<void> {
  const unknown = asked.filter((name) => !(allPrograms as string[]).includes(name));
  if (unknown.length > 0) throw new ClusterError(`unknown: ${unknown.join(', ')}; known programs: ${allPrograms.join(', ')}`);
  const names = asked.length === 0 ? allPrograms : (asked as ProgramName[]);
  const paths = await ensurePrograms(names, { onProgress: (line) => process.stderr.write(`${line}\n`) });
  for (const [name, path] of paths) process.stdout.write(`${name} ${path}\n`);
}

if (import.meta.main) {
  main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof ClusterError ? error.message : ((error as Error).stack ?? messageOf(error))}\n`);
    process.exitCode = 1;
  });
}

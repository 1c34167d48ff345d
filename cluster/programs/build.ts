import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ClusterError, messageOf } from '../errors.ts';
import { executablePaths, isBuilt, markUsed, programFolder, programsFolder, programVersion } from './cache.ts';
import { ensureDebianPackages } from './debian.ts';
import { checkGo, checkMachine, goBuild } from './go.ts';
import { withLock } from './lock.ts';
import { allPrograms, type ProgramName, pins } from './pins.ts';
import { PublishedPrograms } from './published/take.ts';

export { laterPrograms, neededFirst, type ProgramName } from './pins.ts';

export interface BuildOptions {
  /** One line each: `building …`, `built helm4 v4.3.1 in 41 s`, `took …`, `waiting for …`. Nothing for what is there. */
  onProgress?: (line: string) => void;
  /** The programs are used without the cluster, so any machine with Go will do. */
  alone?: boolean;
}

/** How long to wait for another process that builds the same program, ms. */
const LOCK_LIMIT = 60 * 60_000;

/**
 * Takes the programs that are missing from where they are published, or builds them, in the order in which the cluster needs them.
 * Returns the absolute path of every executable by the name it is called by (`kubelet`, `helm`, `ctr`, `docker-buildx` …).
 * Throws a ClusterError if this machine cannot build, or a build fails.
 */
export async function ensurePrograms(names: readonly ProgramName[], options: BuildOptions = {}): Promise<Map<string, string>> {
  const paths = new Map<string, string>();
  for (const made of startPrograms(names, options).values()) {
    for (const [file, path] of await made) paths.set(file, path);
  }
  return paths;
}

/**
 * Like ensurePrograms, with one promise per program, so that finished ones can start while the rest is being made.
 * A failed build does not stop the others; if the cluster cannot run on this machine, every promise is rejected.
 */
export function startPrograms(names: readonly ProgramName[], options: BuildOptions = {}): Map<ProgramName, Promise<Map<string, string>>> {
  const { alone = false, onProgress = () => {} } = options;
  const wanted = allPrograms.filter((name) => names.includes(name));
  const missing = wanted.filter((name) => !isBuilt(name));
  for (const name of wanted) if (!missing.includes(name)) markUsed(name);
  const making = Promise.resolve().then(async () => {
    if (!alone && missing.length > 0) checkMachine();
    return { published: await PublishedPrograms.open(missing, onProgress), prepared: new Set<ProgramName>(), onProgress };
  });
  let before: Promise<unknown> = making;
  const started = new Map<ProgramName, Promise<Map<string, string>>>();
  for (const name of wanted) {
    const turn = before.catch(() => {});
    const ready = missing.includes(name) ? turn.then(() => making).then((how) => make(name, how)) : Promise.resolve();
    if (missing.includes(name)) before = ready;
    const paths = ready.then(() => new Map(executablePaths(name)));
    paths.catch(() => {}); // whoever awaits it gets the error; otherwise it must not end the process
    started.set(name, paths);
  }
  before
    .catch(() => {})
    .then(() => making)
    .then(({ published }) => published.close())
    .catch(() => {});
  return started;
}

interface Making {
  published: PublishedPrograms;
  /** Programs for which this machine was made ready to build. */
  prepared: Set<ProgramName>;
  onProgress: (line: string) => void;
}

async function make(name: ProgramName, making: Making): Promise<void> {
  const { published, onProgress } = making;
  const version = programVersion(name);
  const waiting = (text: string) => onProgress(`${name}: waiting for ${text}`);
  await withLock(join(programsFolder(), 'building.lock'), `building ${name} ${version}`, LOCK_LIMIT, waiting, async () => {
    if (isBuilt(name)) return;
    const begin = Date.now();
    const unfinished = join(programsFolder(), `.unfinished-${name}`);
    empty(unfinished);
    const taken = await published.take(name, unfinished);
    if (!taken) await build(name, empty(unfinished), making);
    renameSync(unfinished, programFolder(name));
    onProgress(`${taken ? 'took' : 'built'} ${name} ${version} in ${Math.round((Date.now() - begin) / 1000)} s`);
  });
}

async function build(name: ProgramName, folder: string, { published, prepared, onProgress }: Making): Promise<void> {
  if (!prepared.has(name)) {
    const names = published.notOffered().filter((other) => !isBuilt(other));
    prepare(names, onProgress);
    for (const other of names) prepared.add(other);
  }
  const version = programVersion(name);
  onProgress(`building ${name} ${version} …`);
  await goBuild(name, pins[name], version, folder, join(programsFolder(), 'logs', `${name}.log`));
  const [first] = Object.keys(pins[name].executables);
  for (const link of pins[name].links ?? []) symlinkSync(first ?? name, join(folder, link));
}

function prepare(names: readonly ProgramName[], onProgress: (line: string) => void): void {
  checkGo([...new Set(names.map((name) => pins[name].folder))], names);
  ensureDebianPackages([...new Set(names.flatMap((name) => pins[name].debian ?? []))], onProgress);
  onProgress(`building ${names.length} programs once: ${names.join(', ')}`);
}

function empty(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
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

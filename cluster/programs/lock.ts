import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ClusterError } from '../errors.ts';

/** Who holds a lock; `started` is the process's start time from /proc, so that a reused id is not mistaken for it. */
interface Holder {
  pid: number;
  started: string;
  doing: string;
}

/** How often to look for a dead holder, ms; a released lock is noticed at once. */
const LOOK_AGAIN = 2_000;

/**
 * Runs `work` while holding the lock file `path`; waits for another holder up to `limit` milliseconds, and takes over from one that is dead.
 * `onWait` is called once with what it waits for.
 */
export async function withLock<T>(
  path: string,
  doing: string,
  limit: number,
  onWait: (text: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const deadline = Date.now() + limit;
  let told = false;
  while (!tryLock(path, doing)) {
    const holder = readHolder(path);
    if (holder !== undefined && !isAlive(holder)) {
      removeStale(path, holder);
      continue;
    }
    const text = holder === undefined ? 'another process' : `process ${holder.pid} (${holder.doing})`;
    if (Date.now() > deadline) {
      throw new ClusterError(
        `waited ${Math.round(limit / 1000)} s for ${text}, which holds ${path}: end it, or try again when it has finished`,
      );
    }
    if (!told) onWait(text);
    told = true;
    await nextChange(path);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** The file appears with its content in one step, so nobody reads half of it. */
function tryLock(path: string, doing: string): boolean {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, JSON.stringify({ pid: process.pid, started: startTime(process.pid), doing }));
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  return startTime(holder.pid) === holder.started;
}

/** Field 22 of /proc/PID/stat, counted after the name, which may contain blanks; empty if there is no such process. */
function startTime(pid: number): string {
  if (!existsSync(`/proc/${pid}/stat`)) return '';
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** Moves the dead holder's file away; puts back another holder's file that appeared in between. */
function removeStale(path: string, dead: Holder): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
    const moved = readHolder(aside);
    if (moved !== undefined && (moved.pid !== dead.pid || moved.started !== dead.started)) linkSync(aside, path);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function nextChange(path: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(dirname(path), (_event, file) => {
      if (file === null || path.endsWith(file)) done();
    });
    const timer = setTimeout(done, LOOK_AGAIN);
    function done(): void {
      clearTimeout(timer);
      watcher.close();
      resolve();
    }
    watcher.on('error', done);
    if (!existsSync(path)) done();
  });
}

import { readFileSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PATHS } from './config.ts';
import { writeText } from './files.ts';

/** A process we started. The start time and the boot tell it from a later process with the same number. */
export interface Started {
  pid: number;
  startTime: string;
  boot: string;
  /** Hash of command, arguments and configuration; a different one means restart. */
  fingerprint: string;
}

export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** Start time in clock ticks after boot (field 22 of /proc/PID/stat), or undefined when the process is gone or a zombie. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

export function isAlive(process: Started): boolean {
  return process.boot === bootId() && startTime(process.pid) === process.startTime;
}

export async function savePid(name: string, pid: number, fingerprint: string): Promise<void> {
  const time = startTime(pid) ?? 'gone';
  await writeText(join(PATHS.pid, `${name}.json`), JSON.stringify({ pid, startTime: time, boot: bootId(), fingerprint } satisfies Started));
}

export async function readPid(name: string): Promise<Started | undefined> {
  const text = await readFile(join(PATHS.pid, `${name}.json`), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Started);
}

export async function forgetPid(name: string): Promise<void> {
  await rm(join(PATHS.pid, `${name}.json`), { force: true });
}

/** Names of all components that were started and not stopped by us. */
export async function startedNames(): Promise<string[]> {
  const names = await readdir(PATHS.pid).catch(() => []);
  return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5));
}

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CACHE } from './config.ts';

/** Ends a process group: politely, and for good after `grace` milliseconds. Returns when nothing of it runs. */
export async function endGroup(group: number, grace: number): Promise<void> {
  signal(group, 'SIGTERM');
  const end = Date.now() + grace;
  while (groupRuns(group) && Date.now() < end) await sleep(50);
  if (!groupRuns(group)) return;
  signal(group, 'SIGKILL');
  while (groupRuns(group) && Date.now() < end + 2_000) await sleep(20);
}

/** Ends our own programs in a group whose first process has gone: behind nsenter, a program may outlive it. */
export async function endOrphans(group: number): Promise<void> {
  const ours = members(group).filter((pid) => programOf(pid).startsWith(`${CACHE}/`));
  if (ours.length > 0) await endGroup(group, 3_000);
}

function programOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return '';
  }
}

function signal(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(-group, name);
  } catch {
    // It ended meanwhile.
  }
}

/** Whether a process of the group still runs. One that waits to be collected by its parent, a zombie, does not. */
function groupRuns(group: number): boolean {
  try {
    process.kill(-group, 0);
  } catch {
    return false;
  }
  return members(group).length > 0;
}

function members(group: number): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isMember(name, group));
}

function isMember(pid: string, group: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(pgrp) === group && state !== 'Z';
  } catch {
    return false;
  }
}

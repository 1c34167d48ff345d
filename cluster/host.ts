import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PATHS } from './config.ts';
import { readText, writeText } from './files.ts';
import { bootId } from './pidfile.ts';

/** What of the host the cluster changes, as it was before. */
interface HostBefore {
  boot: string;
  netnsFolder: boolean;
  sysctls: Record<string, string>;
}

// The kubelet sets the first six by itself. Two nodes need more watchers and connections than some hosts allow.
const SYSCTLS = [
  'vm/overcommit_memory',
  'vm/panic_on_oom',
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/keys/root_maxkeys',
  'kernel/keys/root_maxbytes',
  'fs/inotify/max_user_instances',
  'fs/inotify/max_user_watches',
  'net/netfilter/nf_conntrack_max',
];

const AT_LEAST: Readonly<Record<string, number>> = {
  'fs/inotify/max_user_instances': 1024,
  'fs/inotify/max_user_watches': 262_144,
  'net/netfilter/nf_conntrack_max': 524_288,
};

/** Writes down what `down` must restore (once a boot), then raises the limits that are too low. */
export async function prepareHost(): Promise<void> {
  if ((await recorded())?.boot !== bootId()) {
    const before: HostBefore = { boot: bootId(), netnsFolder: existsSync('/run/netns'), sysctls: await readSysctls() };
    await writeText(PATHS.hostBefore, JSON.stringify(before, null, 2));
  }
  for (const [name, least] of Object.entries(AT_LEAST)) {
    const file = join('/proc/sys', name);
    if (existsSync(file) && Number(await readFile(file, 'utf8')) < least) await writeFile(file, String(least));
  }
}

/** Gives the host its settings back. Returns whether /run/netns was there before us. */
export async function restoreHost(): Promise<boolean> {
  const before = await recorded();
  if (before?.boot !== bootId()) return true;
  const now = await readSysctls();
  for (const [name, value] of Object.entries(before.sysctls)) {
    if (now[name] !== value) await writeFile(join('/proc/sys', name), value);
  }
  await rm(PATHS.hostBefore, { force: true });
  return before.netnsFolder;
}

/** The settings above that this kernel has. */
export async function readSysctls(): Promise<Record<string, string>> {
  const entries = await Promise.all(SYSCTLS.map(async (name) => [name, (await readText(join('/proc/sys', name)))?.trim()] as const));
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

async function recorded(): Promise<HostBefore | undefined> {
  const text = await readText(PATHS.hostBefore);
  return text === undefined ? undefined : (JSON.parse(text) as HostBefore);
}

import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { cgroupMounts } from './cgroup.ts';
import { CACHE } from './config.ts';
import { tryRun } from './exec.ts';
import { readSysctls } from './host.ts';

/** What a running cluster adds to or changes on a machine, each as sorted lines. */
export type Footprint = Readonly<Record<string, readonly string[]>>;

/** Looks at everything that `down` must leave as `up` found it. */
export async function footprint(): Promise<Footprint> {
  const [links, addresses, routes, namespaces, nft, iptables, mounts, forward, sysctls] = await Promise.all([
    lines('ip', ['-o', 'link', 'show']),
    lines('ip', ['-o', 'addr', 'show']),
    lines('ip', ['route', 'show', 'table', 'all']),
    readdir('/run/netns').catch(() => ['(no folder)']),
    lines('nft', ['list', 'ruleset']),
    lines('iptables-save', []),
    readFile('/proc/self/mounts', 'utf8'),
    readFile('/proc/sys/net/ipv4/ip_forward', 'utf8'),
    readSysctls(),
  ]);
  return {
    // Counters and lifetimes change by themselves.
    links: links.map((line) => line.split(' mtu ')[0] as string),
    addresses: addresses.map((line) => line.split(' valid_lft ')[0] as string),
    routes,
    namespaces,
    nft,
    iptables: iptables.filter((line) => !line.startsWith('#')),
    mounts: mounts.trim().split('\n').sort(),
    sysctls: [`net/ipv4/ip_forward=${forward.trim()}`, ...Object.entries(sysctls).map(([name, value]) => `${name}=${value}`)],
    cgroups: await ownCgroups(),
    processes: await ownProcesses(),
  };
}

/** Lines that are in only one of two footprints: `links: + tdbr0` is new, `links: - eth0` is gone. */
export function differences(before: Footprint, after: Footprint): string[] {
  return Object.keys(before).flatMap((part) => {
    const old = before[part] ?? [];
    const now = after[part] ?? [];
    const added = now.filter((line) => !old.includes(line)).map((line) => `${part}: + ${line}`);
    return [...added, ...old.filter((line) => !now.includes(line)).map((line) => `${part}: - ${line}`)];
  });
}

async function lines(command: string, args: readonly string[]): Promise<string[]> {
  return ((await tryRun(command, args)) ?? '').trim().split('\n').sort();
}

async function ownCgroups(): Promise<string[]> {
  const found = await Promise.all(
    (await cgroupMounts()).map(async ({ path }) =>
      (await readdir(path)).filter((name) => name.startsWith('td-')).map((name) => join(path, name)),
    ),
  );
  return found.flat();
}

/** Processes whose program is one of ours, or that live in a process namespace which is not ours. */
async function ownProcesses(): Promise<string[]> {
  const here = await readlink('/proc/self/ns/pid');
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const [exe, space] = await Promise.all(['exe', 'ns/pid'].map((file) => readlink(`/proc/${pid}/${file}`).catch(() => '')));
      const ours = exe?.startsWith(`${CACHE}/`) || (space !== '' && space !== here);
      return ours ? `${pid} ${exe}` : '';
    }),
  );
  return found.filter((line) => line !== '');
}

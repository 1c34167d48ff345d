import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterError } from './errors.ts';

interface CgroupMount {
  path: string;
  version: 1 | 2;
}

/** Where the cgroup hierarchies are mounted; version 1 has one for each controller. */
export async function cgroupMounts(): Promise<CgroupMount[]> {
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  return mounts.split('\n').flatMap((line): CgroupMount[] => {
    const [, path = '', type] = line.split(' ');
    if (!path.startsWith('/sys/fs/cgroup')) return [];
    if (type === 'cgroup') return [{ path, version: 1 }];
    return type === 'cgroup2' ? [{ path, version: 2 }] : [];
  });
}

/** What one program outside all cgroups of ours weighs; version 2 counts in hundredths where version 1 counts in 1024ths. */
const PROGRAM_WEIGHT = { 1: 1024, 2: 100 };

/**
 * Makes a top-level cgroup, e.g. for the pods of one node. `weight` is its part of a busy processor beside other programs of the machine,
 * of which each weighs 1: pods on a node of their own would not compete with what else is done here.
 */
export async function ensureCgroup(name: string, weight: number): Promise<void> {
  const mounts = await cgroupMounts();
  if (mounts.length === 0) throw new ClusterError('no cgroups are mounted below /sys/fs/cgroup; the kubelet needs them');
  for (const { path, version } of mounts) {
    if (version === 2) await delegate(path);
    const dir = join(path, name);
    await mkdir(dir, { recursive: true });
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      if (version === 1 && existsSync(join(dir, file))) await writeFile(join(dir, file), await readFile(join(path, file)));
    }
    const weightFile = join(dir, version === 1 ? 'cpu.shares' : 'cpu.weight');
    if (existsSync(weightFile)) await writeFile(weightFile, String(Math.round(weight * PROGRAM_WEIGHT[version])));
  }
}

/** Version 2: children get only the controllers that their parent hands on. */
async function delegate(root: string): Promise<void> {
  const controllers = (await readFile(join(root, 'cgroup.controllers'), 'utf8')).trim().split(' ').filter(Boolean);
  for (const controller of controllers) await writeFile(join(root, 'cgroup.subtree_control'), `+${controller}`).catch(() => {});
}

/** Ends what runs in a cgroup and below, and removes it in every hierarchy. */
export async function removeCgroup(name: string): Promise<void> {
  for (const { path } of await cgroupMounts()) {
    const dir = join(path, name);
    for (let tries = 0; existsSync(dir) && tries < 40; tries++) {
      await removeTree(dir).catch(() => sleep(50));
    }
    if (existsSync(dir)) throw new ClusterError(`the cgroup ${dir} could not be removed: something still runs in it`);
  }
}

async function removeTree(dir: string): Promise<void> {
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeTree(join(dir, entry.name));
  }
  const pids = (await readFile(join(dir, 'cgroup.procs'), 'utf8')).split('\n').filter(Boolean).map(Number);
  for (const pid of pids) {
    // 0: a process of another process namespace, which its own init ends.
    if (pid > 0) process.kill(pid, 'SIGKILL');
  }
  await rmdir(dir);
}

import { readdir, readFile, readlink } from 'node:fs/promises';
import { BUILD_SPACE } from './buildkit.ts';
import { NODES } from './config.ts';
import { kubectl } from './kubectl.ts';
import { isAlive, readPid, startedNames } from './pidfile.ts';
import { findSpace } from './space.ts';

interface ProcessMemory {
  pid: number;
  group: number;
  /** In one of our process namespaces, or in one of our cgroups as a pod, which has a process namespace of its own. */
  inside: boolean;
  /** Bytes; shared pages are divided among those who share them. */
  bytes: number;
}

/** One line for each component, the nodes' readiness, and the memory of everything including pods. */
export async function status(): Promise<string> {
  const processes = await allProcesses(await spaceIds());
  const lines: string[] = [];
  const counted = new Set<number>();
  for (const name of (await startedNames()).sort()) {
    const started = await readPid(name);
    if (!started) continue;
    const own = processes.filter((process) => process.group === started.pid && isAlive(started));
    for (const process of own) counted.add(process.pid);
    const state = isAlive(started) ? 'running' : 'crashed';
    lines.push(`${name.padEnd(26)} ${state}  pid ${String(started.pid).padEnd(7)} ${mebibytes(own)}`);
  }
  if (lines.length === 0) return 'the cluster is stopped\n';
  const pods = processes.filter((process) => process.inside && !counted.has(process.pid));
  lines.push(`${'pods and their shims'.padEnd(26)} ${String(pods.length)} processes`.padEnd(51) + mebibytes(pods));
  const all = processes.filter((process) => counted.has(process.pid) || process.inside);
  lines.push(`${'all'.padEnd(51)}${mebibytes(all)}`, ...(await nodeLines()));
  return `${lines.join('\n')}\n`;
}

async function nodeLines(): Promise<string[]> {
  const path = '{range .items[*]}{.metadata.name}{" Ready="}{.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}';
  const text = await kubectl(['get', 'nodes', '-o', `jsonpath=${path}`, '--request-timeout=5s'], { timeout: 10_000 }).catch(
    () => 'the API server does not answer',
  );
  return text.trim().split('\n');
}

/** The process namespaces of our spaces, as /proc names them. */
async function spaceIds(): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const name of [...NODES.map((node) => node.space), BUILD_SPACE]) {
    const enter = await findSpace(name);
    if (enter) ids.add(await readlink(`/proc/${enter[2]}/ns/pid`));
  }
  return ids;
}

async function allProcesses(spaces: ReadonlySet<string>): Promise<ProcessMemory[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map((pid) => readProcess(pid, spaces).catch(() => undefined)));
  return found.filter((process) => process !== undefined);
}

async function readProcess(pid: number, spaces: ReadonlySet<string>): Promise<ProcessMemory> {
  const [stat, rollup, cgroup, space] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/smaps_rollup`, 'utf8'),
    readFile(`/proc/${pid}/cgroup`, 'utf8'),
    readlink(`/proc/${pid}/ns/pid`),
  ]);
  const group = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
  return {
    pid,
    group,
    inside: spaces.has(space) || cgroup.includes(':/td-'),
    bytes: Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024,
  };
}

function mebibytes(processes: readonly ProcessMemory[]): string {
  const total = processes.reduce((sum, process) => sum + process.bytes, 0);
  return `${(total / 1024 ** 2).toFixed(0).padStart(6)} MiB`;
}

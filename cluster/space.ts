import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { stop } from './component.ts';
import { ClusterError } from './errors.ts';
import { forgetPid, isAlive, readPid, savePid } from './pidfile.ts';

/**
 * Mount and process namespaces of their own, and with `netns` a network namespace, held by one init process.
 * When the init ends, the kernel ends all processes inside, and with them go their mounts and pod networks: nothing can be left over.
 */
export interface SpaceOptions {
  name: string;
  /** Name of an existing network namespace; the host's when absent. */
  netns?: string;
  /** Folders shown inside at other places: [here, inside]. */
  binds: readonly (readonly [string, string])[];
}

/** The words to put before a command to run it inside. */
export type Enter = readonly string[];

// /run is empty and private: sockets, locks, pod namespaces. bash reaps the orphans of the namespace while it waits.
const INIT = `
set -e
hostname "$1"; shift
mount -t tmpfs -o mode=0755 tmpfs /run
mkdir -p /run/netns /run/lock
while [ $# -gt 0 ]; do mount --bind "$1" "$2"; shift 2; done
mount --make-rshared /
echo ready
exec >/dev/null 2>&1
trap 'exit 0' TERM
while :; do sleep infinity & wait $!; done
`;

export function spaceComponent(name: string): string {
  return `${name}-init`;
}

/** Makes the space, unless it is there. `fresh` tells that nothing runs inside yet. */
export async function ensureSpace(options: SpaceOptions): Promise<{ enter: Enter; fresh: boolean }> {
  const component = spaceComponent(options.name);
  const old = await readPid(component);
  if (old && isAlive(old)) return { enter: await enterWords(options, old.pid), fresh: false };
  await forgetPid(component);
  const pid = await launchInit(options);
  await savePid(component, pid, 'init');
  return { enter: await enterWords(options, pid), fresh: true };
}

/** The words to enter a space that runs, or undefined. */
export async function findSpace(name: string): Promise<Enter | undefined> {
  const old = await readPid(spaceComponent(name));
  return old && isAlive(old) ? enterWords({ name, binds: [] }, old.pid).catch(() => undefined) : undefined;
}

/** Ends everything inside. */
export async function endSpace(name: string): Promise<void> {
  await stop(spaceComponent(name), 3_000);
}

function launchInit({ name, netns, binds }: SpaceOptions): Promise<number> {
  const unshare = ['unshare', '--mount', '--propagation', 'private', '--uts', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const net = netns === undefined ? [] : ['nsenter', `--net=/run/netns/${netns}`, '--'];
  const [command = '', ...args] = [...net, ...unshare, '--', 'bash', '-c', INIT, `${name}-init`, name.replace(/^td-/, ''), ...binds.flat()];
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'], cwd: '/' });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk));
    child.on('error', (error) => reject(new ClusterError(`${name}: ${command} could not be started: ${error.message}`)));
    child.on('exit', (code) => reject(new ClusterError(`${name}: the namespaces could not be made (exit ${code}): ${errors.trim()}`)));
    child.stdout.once('data', () => {
      child.removeAllListeners('exit');
      child.stdout.destroy();
      child.stderr.destroy();
      child.unref();
      resolve(child.pid as number);
    });
  });
}

/** Inside, the init is process 1; from here it is the only child of unshare. */
async function enterWords({ name }: SpaceOptions, unsharePid: number): Promise<Enter> {
  const children = await readFile(`/proc/${unsharePid}/task/${unsharePid}/children`, 'utf8');
  const init = children.trim().split(' ')[0];
  if (!init) throw new ClusterError(`${name}: its init process is gone; run "down", then "up"`);
  return ['nsenter', '-t', init, '--mount', '--uts', '--net', '--pid', '--'];
}

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, realpath, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { PATHS } from './config.ts';
import { ClusterError } from './errors.ts';
import { PROGRAM_PATH } from './exec.ts';
import { readText } from './files.ts';
import { endGroup, endOrphans } from './group.ts';
import { bootId, forgetPid, isAlive, readPid, type Started, savePid } from './pidfile.ts';
import { say } from './progress.ts';
import { until } from './wait.ts';

/** A program that runs until `down`. */
export interface Component {
  name: string;
  command: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Words put before the command to enter a node's namespaces. */
  enter?: readonly string[];
  /** Configuration files: when one changes, the next `up` restarts the component. */
  configs?: readonly string[];
  /** Returns true once the component serves. */
  ready?: () => Promise<boolean>;
  /** Milliseconds until it must be ready; default 30,000. */
  limit?: number;
}

function logFile(name: string): string {
  return join(PATHS.log, `${name}.log`);
}

/** Starts a component unless it runs already with the same configuration, and waits until it serves. */
export async function ensureRunning(component: Component): Promise<void> {
  const fingerprint = await fingerprintOf(component);
  const old = await readPid(component.name);
  if (old && isAlive(old)) {
    if (old.fingerprint === fingerprint) return waitReady(component, old);
    say(`${component.name}: configuration changed, restarting`);
    await stop(component.name);
  } else if (old) {
    say(`${component.name}: had stopped, starting again (its last log: ${logFile(component.name)}.1)`);
    if (old.boot === bootId()) await endOrphans(old.pid);
  }
  await waitReady(component, await launch(component, fingerprint));
}

async function launch(component: Component, fingerprint: string): Promise<Started> {
  const log = logFile(component.name);
  await mkdir(PATHS.log, { recursive: true });
  await rename(log, `${log}.1`).catch(() => {});
  const [command = '', ...args] = [...(component.enter ?? []), component.command, ...component.args];
  const fd = openSync(log, 'a', 0o600);
  const env = { PATH: PROGRAM_PATH, HOME: process.env.HOME ?? '/root', ...component.env };
  // A session of its own: it outlives us, and one signal to the group reaches it behind nsenter.
  const child = spawn(command, args, { detached: true, stdio: ['ignore', fd, fd], cwd: '/', env });
  closeSync(fd);
  const failed = new Promise<never>((_, reject) =>
    child.once('error', (e) => reject(new ClusterError(`${component.name} could not be started: ${e.message}`))),
  );
  if (child.pid === undefined) return failed;
  failed.catch(() => {});
  child.unref();
  await savePid(component.name, child.pid, fingerprint);
  return (await readPid(component.name)) as Started;
}

async function waitReady(component: Component, started: Started): Promise<void> {
  const { name, ready, limit = 30_000 } = component;
  const alive = async () => {
    if (!isAlive(started)) throw new ClusterError(`${name} stopped while starting. ${await lastLines(name)}`);
  };
  if (!ready) return alive();
  await until(`${name} to serve (log: ${logFile(name)})`, limit, async () => {
    await alive();
    return (await ready()) ? true : undefined;
  });
}

/** Ends a component's whole process group: by SIGTERM, after 10 s by SIGKILL. */
export async function stop(name: string, grace = 10_000): Promise<void> {
  const started = await readPid(name);
  if (started && isAlive(started)) await endGroup(started.pid, grace);
  await forgetPid(name);
}

/** The end of a component's log, as a sentence for error messages. */
export async function lastLines(name: string, count = 12): Promise<string> {
  const text = (await readText(logFile(name))) ?? '';
  const lines = text
    .trimEnd()
    .split('\n')
    .slice(-count)
    .map((line) => line.slice(0, 400));
  return `Last lines of ${logFile(name)}:\n  ${lines.join('\n  ')}`;
}

async function fingerprintOf(component: Component): Promise<string> {
  // The name of a program's folder changes with its version.
  const program = await realpath(join(PATHS.bin, component.command)).catch(() => component.command);
  const hash = createHash('sha256').update(JSON.stringify([component.enter, program, component.args, component.env]));
  for (const config of component.configs ?? []) hash.update(await readFile(config));
  return hash.digest('hex');
}

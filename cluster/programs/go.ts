import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { execa, execaSync } from 'execa';
import { coerce, compare } from 'semver';
import { ClusterError } from '../errors.ts';
import { takeFiles } from './download.ts';
import { moduleFolder, requiredGo } from './modules.ts';
import type { Pin } from './pins.ts';
import { trimArguments } from './trim.ts';

const ELSE = 'or show it on a cluster that is there: npm run demo -- --context NAME';

/** A build that takes longer than this is stuck, ms. */
const BUILD_LIMIT = 45 * 60_000;

/** Refuses, in one line, a machine on which the embedded cluster cannot run. */
export function checkMachine(): void {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    throw new ClusterError(
      `the embedded cluster needs Linux on amd64 or arm64, and this is ${process.platform} on ${process.arch}: use such a machine, ${ELSE}`,
    );
  }
  if (process.getuid?.() !== 0) throw new ClusterError(`the embedded cluster needs root (namespaces, mounts): run this with sudo, ${ELSE}`);
}

/** Refuses, in one line, a machine without the Go that the programs need. Folders are those of the go.mod files that are used. */
export function checkGo(folders: readonly string[], programs: readonly string[]): void {
  const local = localGo();
  const needed = folders.map(requiredGo).sort(compareVersions).at(-1) ?? '1.26';
  const why = `Go ${needed} or newer is needed to build ${programs.length > 3 ? "the cluster's programs" : programs.join(', ')}`;
  if (local === undefined) throw new ClusterError(`${why}, and there is no go on PATH: install it (https://go.dev/dl), ${ELSE}`);
  if (compareVersions(local.version, needed) < 0 && local.toolchain === 'local') {
    throw new ClusterError(
      `${why}, this is ${local.version} and GOTOOLCHAIN=local forbids to fetch a newer one: install it, or unset GOTOOLCHAIN`,
    );
  }
}

/** Builds a pin's executables, and puts its files, into `target`; output goes to `log`. Throws a ClusterError that shows the log's last lines. */
export async function goBuild(name: string, pin: Pin, version: string, target: string, log: string): Promise<void> {
  mkdirSync(target, { recursive: true });
  mkdirSync(dirname(log), { recursive: true });
  writeFileSync(log, '');
  try {
    takeFiles(pin, target);
    const trimmed = trimArguments(pin, `${target}.sources`);
    for (const [file, source] of Object.entries(pin.executables)) {
      await go(['build', ...trimmed, ...buildArguments(pin, version), '-o', `${target}/${file}`, source], pin, log);
    }
  } catch (error) {
    const tail = readFileSync(log, 'utf8').trim().split('\n').slice(-12).join('\n');
    const reason = error instanceof Error ? error.message : String(error);
    throw new ClusterError(`building ${name} ${version} failed: ${reason}. The last lines of ${log}:\n${tail}\n${adviceFor(tail)}`);
  } finally {
    rmSync(`${target}.sources`, { recursive: true, force: true });
  }
}

/** Options of `go build`. Profiles and version control stamps are off: they would cut the packages that programs share in the build cache. */
function buildArguments(pin: Pin, version: string): string[] {
  const number = version.replace(/^v/, '');
  const [major = '', minor = ''] = number.split('.');
  const words: Readonly<Record<string, string>> = { VERSION: version, NUMBER: number, MAJOR: major, MINOR: minor };
  const variables = Object.entries(pin.variables ?? {}).map(([variable, value]) => `-X ${variable}=${words[value] ?? value}`);
  const tags = pin.tags === undefined ? [] : ['-tags', pin.tags.join(',')];
  // Debug information would be stripped in the end, so it is not generated: that saves a tenth of the time.
  const fixed = ['-mod=readonly', '-trimpath', '-buildvcs=false', '-pgo=off', '-gcflags=all=-dwarf=false'];
  return [...fixed, ...tags, '-ldflags', ['-s', '-w', ...(pin.linker ?? []), ...variables].join(' ')];
}

async function go(args: readonly string[], pin: Pin, log: string): Promise<void> {
  // The same CGO_ENABLED for everything that needs no C: package net, and so nearly everything else, depends on it.
  const env = { GOWORK: 'off', GOFLAGS: '', CGO_ENABLED: pin.debian === undefined ? '0' : '1', ...pin.env };
  const cwd = moduleFolder(pin.folder);
  const to = { file: log, append: true };
  const done = await execa('go', args, {
    cwd,
    env,
    stdin: 'ignore',
    stdout: to,
    stderr: to,
    buffer: false,
    timeout: BUILD_LIMIT,
    killSignal: 'SIGKILL',
    reject: false,
  });
  if (!done.failed) return;
  const ended = done.signal ? `was ended by ${done.signal} (limit ${BUILD_LIMIT / 60_000} minutes)` : `ended with ${done.exitCode}`;
  throw new Error(done.exitCode === undefined && !done.signal ? done.shortMessage : `go build ${ended}`);
}

function adviceFor(tail: string): string {
  if (/no space left/i.test(tail))
    return 'The disk is full: free some space ("go clean -cache" empties the build cache) and run this again.';
  if (/signal: killed|out of memory|cannot allocate/i.test(tail))
    return 'Memory ran out: 4 GiB are needed; run this again, what is compiled already is kept.';
  if (/dial tcp|no such host|timeout|TLS|proxyconnect|i\/o/i.test(tail))
    return 'The Go module proxy was not reached: check "go env GOPROXY" and the network, then run this again.';
  return 'Run this again when the cause is gone; what is compiled already is kept.';
}

function localGo(): { version: string; toolchain: string } | undefined {
  const asked = execaSync('go', ['env', 'GOVERSION', 'GOTOOLCHAIN'], { env: { GOWORK: 'off' }, cwd: '/', reject: false });
  if (asked.failed) return undefined;
  const [version = '', toolchain = ''] = asked.stdout.split('\n');
  return { version: version.replace(/^go/, '').replace(/[ -].*$/, ''), toolchain };
}

/** Compares versions such as `1.26.8` by their numbers. */
function compareVersions(a: string, b: string): number {
  return compare(coerce(a) ?? a, coerce(b) ?? b);
}

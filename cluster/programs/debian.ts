import { execaSync } from 'execa';
import { ClusterError } from '../errors.ts';

/** Time limit of one apt-get call, in milliseconds. */
const APT_LIMIT = 10 * 60_000;
/** apt-get waits for the lock of its packages, and not for that of its lists: two of ours, of tests side by side, go one after the other. */
const IN_TURN = ['--timeout', '300', '/run/lock/todo-deploy-apt'];

/** Packages of the list that are not installed. */
function missingDebianPackages(packages: readonly string[]): string[] {
  return packages.filter((name) => {
    const query = execaSync('dpkg-query', ['--status', name], { reject: false });
    return !/^Status: .* installed$/m.test(query.stdout ?? '');
  });
}

/**
 * Installs the Debian packages that are missing; does nothing if none is.
 * Throws a ClusterError that names the packages if this is not Debian, not root, or apt-get fails.
 */
export function ensureDebianPackages(packages: readonly string[], onProgress: (line: string) => void = () => {}): void {
  const missing = missingDebianPackages(packages);
  if (missing.length === 0) return;
  const wanted = missing.join(' ');
  if (execaSync('apt-get', ['--version'], { reject: false }).failed) {
    throw new ClusterError(`missing: ${wanted}, and there is no apt-get here: install them with this system's package manager`);
  }
  if (process.getuid?.() !== 0) throw new ClusterError(`missing: ${wanted}: run "sudo apt-get install ${wanted}"`);
  onProgress(`installing ${wanted} with apt-get`);
  aptGet(['update', '-qq'], wanted);
  aptGet(['install', '-y', '-qq', '--no-install-recommends', ...missing], wanted);
}

function aptGet(args: readonly string[], wanted: string): void {
  const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, timeout: APT_LIMIT, all: true, reject: false } as const;
  const done = execaSync('flock', [...IN_TURN, 'apt-get', '-o', 'DPkg::Lock::Timeout=120', ...args], options);
  if (!done.failed) return;
  const why = done.exitCode === undefined ? done.shortMessage : done.all.split('\n').slice(-5).join('\n');
  throw new ClusterError(`apt-get ${args[0]} failed, so ${wanted} is missing:\n${why}`);
}

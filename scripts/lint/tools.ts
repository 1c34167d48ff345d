import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePrograms } from '../../cluster/programs/build.ts';
import { programsFolder } from '../../cluster/programs/cache.ts';
import { ensureDebianPackages } from '../../cluster/programs/debian.ts';
import { withLock } from '../../cluster/programs/lock.ts';

/** The checkers' executables. */
export interface Tools {
  actionlint: string;
  zizmor: string;
  /** `check-jsonschema`, which includes the schemas for workflows and action metadata. */
  schema: string;
}

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
const INSTALL_LIMIT = 10 * 60_000;

/** Takes the checkers from the cache outside the repository; builds or installs missing ones once, by pinned version and hash. */
export async function lintTools(): Promise<Tools> {
  const say = (line: string) => console.error(line);
  const programs = await ensurePrograms(['actionlint'], { onProgress: say, alone: true });
  const bin = await pythonTools(say);
  return { actionlint: programs.get('actionlint') ?? '', zizmor: join(bin, 'zizmor'), schema: join(bin, 'check-jsonschema') };
}

/** A virtual environment with exactly the packages of requirements.txt. Returns its folder of executables. */
async function pythonTools(say: (line: string) => void): Promise<string> {
  const python = spawnSync('python3', ['--version'], { encoding: 'utf8' });
  if (python.status !== 0) throw new Error('Python 3.10 or newer is needed for zizmor, and there is no python3 on PATH: install it');
  const key = createHash('sha256').update(readFileSync(REQUIREMENTS)).update(python.stdout).digest('hex').slice(0, 12);
  const folder = join(programsFolder(), `lint-python-${key}`);
  // Written last, since the finished folder cannot be moved into place: its scripts name their interpreter by path.
  const whole = join(folder, 'installed');
  if (existsSync(whole)) return join(folder, 'bin');
  await withLock(join(programsFolder(), 'lint-python.lock'), 'installing zizmor', INSTALL_LIMIT, say, async () => {
    if (existsSync(whole)) return;
    if (spawnSync('python3', ['-c', 'import ensurepip']).status !== 0) ensureDebianPackages(['python3-venv'], say);
    say('installing zizmor and check-jsonschema once');
    rmSync(folder, { recursive: true, force: true });
    install('python3', ['-m', 'venv', folder]);
    // Wheels only: nothing is built, and no package's code runs during the installation.
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes', '--only-binary', ':all:'];
    install(join(folder, 'bin', 'python'), [...pip, '--requirement', REQUIREMENTS]);
    writeFileSync(whole, '');
  });
  return join(folder, 'bin');
}

function install(program: string, args: readonly string[]): void {
  const done = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'], timeout: INSTALL_LIMIT });
  if (done.status !== 0)
    throw new Error(`${program} ${args.slice(0, 3).join(' ')} failed (${done.error?.message ?? `exit code ${done.status}`})`);
}

import { lstatSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Checkout } from '../../init/index.ts';
import { ConfigurationError, ProcessError } from '../../interfaces/errors.ts';
import type { ProcessRunner } from '../../interfaces/process.ts';

const LIMIT_MS = 60_000;
const LARGEST = 1024 * 1024;

/** The checkout around a folder. Throws ConfigurationError where there is none. */
export async function readCheckout(
  runner: ProcessRunner,
  folder: string,
  branch: string | undefined,
): Promise<{ root: string; checkout: Checkout }> {
  const git = (where: string, ...args: string[]) =>
    runner.run({ command: ['git', '-C', where, ...args], env: { LC_ALL: 'C' }, timeoutMs: LIMIT_MS }).then(({ stdout }) => stdout);
  const optional = (...args: string[]) =>
    git(root, ...args).then(
      (text) => text.trim() || undefined,
      () => undefined,
    );
  const root = await git(folder, 'rev-parse', '--show-toplevel').then((text) => text.replace(/\n$/, ''), notACheckout(folder));
  if (root === '') throw notOne(folder);
  const files = (await git(root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard')).split('\0').filter((path) => path !== '');
  // Git lists what was deleted, until that is committed.
  const there = [...new Set(files)].filter((path) => lstatSync(join(root, path), { throwIfNoEntry: false }) !== undefined);
  const head = (await optional('symbolic-ref', '--short', 'refs/remotes/origin/HEAD'))?.replace(/^origin\//, '');
  return {
    root,
    checkout: {
      files: there.sort(),
      read: (path) => readText(join(root, path)),
      folder: basename(root),
      remote: await optional('remote', 'get-url', 'origin'),
      branch: branch ?? head ?? (await optional('symbolic-ref', '--short', 'HEAD')) ?? 'main',
    },
  };
}

const notOne = (folder: string, cause?: unknown): ConfigurationError =>
  new ConfigurationError(`${folder} is not in a git checkout`, {
    hint: 'Run it in the repository that you want to deploy; `git init` makes one.',
    cause,
  });

const notACheckout =
  (folder: string) =>
  (error: unknown): never => {
    if (error instanceof ProcessError && error.stderr.includes('not a git repository')) throw notOne(folder, error);
    throw error;
  };

/** What a link leads to may lie outside. */
function readText(path: string): string | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size > LARGEST) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

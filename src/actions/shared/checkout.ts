import { existsSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ConfigurationError } from '../../interfaces/errors.ts';
import type { ProcessRunner } from '../../interfaces/process.ts';
import type { GitHubEnvironment } from '../../runtime/github-env.ts';
import { ignoreOf } from '../../tools/build-context/digest.ts';

const LIMIT_MS = 30_000;
/** A checkout that another user made (containers) is read anyway. */
const SAFE = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' };

/** The checked-out source: which commit it is. */
export class Checkout {
  readonly #runner: ProcessRunner;
  readonly #env: GitHubEnvironment;

  constructor(runner: ProcessRunner, env: GitHubEnvironment) {
    this.#runner = runner;
    this.#env = env;
  }

  /** The commit that the author wrote: a pull request's head, else HEAD of the checkout. Throws ConfigurationError where there is none. */
  async version(): Promise<string> {
    if (this.#env.event.pull_request !== undefined && this.#env.headSha !== '') return this.#env.headSha;
    const head = (await this.#git('rev-parse', '--verify', 'HEAD')) || this.#env.sha;
    if (head !== '') return head;
    throw new ConfigurationError(`There is no Git commit in ${this.#env.workspace} to name the version after`, {
      hint: 'check the source out first (actions/checkout), or set the input "version"',
    });
  }

  /** The commit that is checked out, and its date; undefined where there is none. */
  async head(): Promise<{ revision: string; created: string } | undefined> {
    const [revision = '', created = ''] = (await this.#git('log', '-1', '--format=%H%n%cI')).split('\n');
    return revision === '' ? undefined : { revision, created };
  }

  /** When the commit that is checked out was made, in seconds since 1970. Throws ConfigurationError where there is none. */
  async commitTime(): Promise<number> {
    const time = await this.#git('log', '-1', '--format=%ct', 'HEAD');
    if (/^\d+$/.test(time)) return Number(time);
    throw new ConfigurationError(`Input "reproducible" takes the time of the commit, and there is none in ${this.#env.workspace}`, {
      hint: 'check the source out first (actions/checkout), or set SOURCE_DATE_EPOCH',
    });
  }

  /** The last commits, the newest first; of a shallow checkout those that it has. */
  async recent(): Promise<string[]> {
    return (await this.#git('rev-list', '--first-parent', '--max-count=5', 'HEAD')).split('\n').filter((commit) => commit !== '');
  }

  /**
   * What a build from these folders can take that is not in the commit as it is there: files that were changed, removed or added, without those
   * that Git or the build ignores. Paths as in the repository; empty where there is none, or where the folders lie elsewhere.
   */
  async changes(places: readonly BuildPlace[]): Promise<string[]> {
    const top = await this.#git('rev-parse', '--show-toplevel');
    if (top === '') return [];
    const within = places.map((place) => locatedIn(top, place)).filter((place) => place !== undefined);
    if (within.length === 0) return [];
    const paths = within.flatMap(({ folder, files }) => [folder, ...files]);
    const found = await this.#git('--literal-pathspecs', '-C', top, 'status', '--porcelain', '-z', '--untracked-files=all', '--', ...paths);
    const changed = changedPaths(found);
    const taken = await Promise.all(within.map((place) => takenBy(place, top, changed)));
    return changed.filter((path) => taken.some((one) => one.has(path)));
  }

  /**
   * What of these files and folders (absolute) is not as it was committed, also where Git or anything else ignores it. Paths as in the
   * repository; what is not in it, or cannot be told, stands as it was given.
   */
  async uncommitted(paths: readonly string[]): Promise<string[]> {
    const top = await this.#git('rev-parse', '--show-toplevel');
    const places = paths.map((folder) => (top === '' ? undefined : locatedIn(top, { folder })?.folder));
    const elsewhere = paths.filter((_, index) => places[index] === undefined);
    if (elsewhere.length > 0 || paths.length === 0) return elsewhere;
    const inside = places.filter((place) => place !== undefined);
    const status = ['status', '--porcelain', '-z', '--branch', '--untracked-files=all', '--ignored=matching', '--', ...inside];
    const found = await this.#git('--literal-pathspecs', '-C', top, ...status);
    // Without its first entry, the branch, Git has not answered.
    return found.startsWith('## ') ? changedPaths(found.slice(found.indexOf('\0') + 1)) : [...paths];
  }

  async #git(...args: string[]): Promise<string> {
    const command = ['git', '-C', this.#env.workspace, '--no-optional-locks', ...args] as const;
    // No Git and no repository are the same to us: there is no answer.
    const result = await this.#runner
      .run({ command: [...command], env: SAFE, timeoutMs: LIMIT_MS, okExitCodes: [0, 1, 128] })
      .catch(() => undefined);
    return result?.exitCode === 0 ? result.stdout.replace(/\n$/, '') : '';
  }
}

/** What a build reads: a folder, and its Dockerfile, which may lie elsewhere. Absolute. */
export interface BuildPlace {
  folder: string;
  dockerfile?: string | undefined;
}

/** The same, relative to the repository. */
interface PlaceInside {
  folder: string;
  dockerfile: string | undefined;
  /** Read whatever the build ignores. */
  files: string[];
}

/** undefined for a folder outside of the repository. */
function locatedIn(top: string, { folder, dockerfile }: BuildPlace): PlaceInside | undefined {
  const root = realpathSync(top);
  const inside = (path: string): string | undefined => {
    const found = existsSync(path) ? relative(root, realpathSync(path)) : '..';
    return found === '..' || found.startsWith('../') ? undefined : found;
  };
  const at = inside(folder);
  if (at === undefined) return undefined;
  const read = [dockerfile, `${dockerfile}.dockerignore`, join(folder, '.dockerignore')].map((path) => inside(path ?? ''));
  return { folder: at === '' ? '.' : at, dockerfile, files: read.filter((path) => path !== undefined) };
}

/** Of `git status --porcelain -z`; a file that was moved has two. */
function changedPaths(status: string): string[] {
  const paths: string[] = [];
  const entries = status.split('\0').filter((entry) => entry !== '');
  for (let at = 0; at < entries.length; at++) {
    const entry = entries[at] ?? '';
    paths.push(entry.slice(3));
    if (/^[RC]/.test(entry)) paths.push(entries[++at] ?? '');
  }
  return paths;
}

async function takenBy({ folder, dockerfile, files }: PlaceInside, top: string, changed: readonly string[]): Promise<Set<string>> {
  const ignore = await ignoreOf(join(top, folder), dockerfile);
  const prefix = folder === '.' ? '' : `${folder}/`;
  return new Set(changed.filter((path) => files.includes(path) || (path.startsWith(prefix) && !ignore.ignores(path.slice(prefix.length)))));
}

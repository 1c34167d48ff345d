import { ConfigurationError } from '../../interfaces/errors.ts';
import type { ProcessRunner } from '../../interfaces/process.ts';
import type { GitHubEnvironment } from '../../runtime/github-env.ts';

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

  async #git(...args: string[]): Promise<string> {
    const command = ['git', '-C', this.#env.workspace, ...args] as const;
    // No Git and no repository are the same to us: there is no answer.
    const result = await this.#runner
      .run({ command: [...command], env: SAFE, timeoutMs: LIMIT_MS, okExitCodes: [0, 1, 128] })
      .catch(() => undefined);
    return result?.exitCode === 0 ? result.stdout.trim() : '';
  }
}

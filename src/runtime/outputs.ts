import { setOutput } from '@actions/core';
import type { Log } from '../interfaces/log.ts';
import type { Environment } from './github-env.ts';
import type { Secrets } from './secrets.ts';

/** Outputs of the action. GitHub drops a job output that holds masked text, so one that does is pointed out. */
export class Outputs {
  readonly #env: Environment;
  readonly #secrets: Secrets;
  readonly #log: Log;
  readonly #show: boolean;
  readonly #values = new Map<string, string>();

  /** `show`: where there is no file for outputs they go to the log. */
  constructor(env: Environment, secrets: Secrets, log: Log, show = true) {
    this.#show = show;
    this.#env = env;
    this.#secrets = secrets;
    this.#log = log;
  }

  set(name: string, value: string): void {
    if (this.#secrets.contains(value)) this.#log.warning(`Output "${name}" holds a masked value: GitHub will not pass it to other jobs`);
    this.#values.set(name, value);
    if (this.#env.GITHUB_OUTPUT) setOutput(name, value);
    else if (this.#show) this.#log.info(`${name}=${this.#secrets.redact(value)}`);
  }

  /** What was set so far. */
  all(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#values);
  }
}

import * as core from '@actions/core';
import type { Log } from '../interfaces/log.ts';
import { capped, neutral, shorten } from './neutral.ts';

/** GitHub's limit for the text of an annotation. */
export const ANNOTATION_LIMIT = 4096;

/** Cleaning may shorten it: so much is looked at. */
const BEFORE_CLEANING = 16 * ANNOTATION_LIMIT;

type Redact = (text: string) => string;

/** The log of a workflow run. Groups do not nest on GitHub: an inner one ends the outer, which is opened again after it. */
class ActionsLog implements Log {
  readonly #clean: Redact;
  readonly #open: string[] = [];

  constructor(redact: Redact = (text) => text) {
    this.#clean = (text) => neutral(redact(capped(text)));
  }

  info(message: string): void {
    core.info(this.#clean(message));
  }
  debug(message: string): void {
    core.debug(this.#clean(message));
  }
  notice(message: string): void {
    core.notice(this.#annotation(message));
  }
  warning(message: string): void {
    core.warning(this.#annotation(message));
  }
  error(message: string, options: { title?: string } = {}): void {
    const properties = options.title === undefined ? {} : { title: shorten(this.#clean(options.title), 255) };
    core.error(this.#annotation(message), properties);
  }

  #annotation(message: string): string {
    return shorten(this.#clean(capped(message, BEFORE_CLEANING)), ANNOTATION_LIMIT);
  }

  async group<T>(title: string, body: () => Promise<T>): Promise<T> {
    if (this.#open.length > 0) core.endGroup();
    this.#open.push(this.#clean(title));
    core.startGroup(this.#open.join(' › '));
    try {
      return await body();
    } finally {
      this.#open.pop();
      core.endGroup();
      if (this.#open.length > 0) core.startGroup(`${this.#open.join(' › ')} (continued)`);
    }
  }
}

/** The same outside of a workflow: plain lines, warnings and errors on standard error, no workflow commands. */
class ConsoleLog implements Log {
  readonly #clean: Redact;
  #depth = 0;

  constructor(redact: Redact = (text) => text) {
    this.#clean = (text) => neutral(redact(capped(text))).replace(/^/gm, '  '.repeat(this.#depth));
  }

  info(message: string): void {
    process.stdout.write(`${this.#clean(message)}\n`);
  }
  debug(message: string): void {
    if (process.env.RUNNER_DEBUG === '1') process.stdout.write(`${this.#clean(`debug: ${message}`)}\n`);
  }
  notice(message: string): void {
    this.info(message);
  }
  warning(message: string): void {
    process.stderr.write(`${this.#clean(`Warning: ${message}`)}\n`);
  }
  error(message: string, options: { title?: string } = {}): void {
    process.stderr.write(`${this.#clean(`Error: ${options.title === undefined ? '' : `${options.title}: `}${message}`)}\n`);
  }

  async group<T>(title: string, body: () => Promise<T>): Promise<T> {
    this.info(title);
    this.#depth += 1;
    try {
      return await body();
    } finally {
      this.#depth -= 1;
    }
  }
}

/** Inside a workflow the runner's log, else the console's. */
export function createLog(env: Readonly<Record<string, string | undefined>>, redact?: Redact): Log {
  return env.GITHUB_ACTIONS === 'true' ? new ActionsLog(redact) : new ConsoleLog(redact);
}

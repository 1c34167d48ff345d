import { HttpError } from '../../interfaces/errors.ts';
import type { Log } from '../../interfaces/log.ts';

const ATTEMPTS = 5;

/** The tries of one call: what the last one ended with, and whether there is patience for another. */
export class Tries {
  readonly #log: Log;
  readonly #deadline: number;
  #made = 0;
  #error: HttpError | undefined;

  constructor(log: Log, patienceMs: number) {
    this.#log = log;
    this.#deadline = Date.now() + patienceMs;
  }

  get made(): number {
    return this.#made;
  }

  get error(): HttpError | undefined {
    return this.#error;
  }

  failed(error: HttpError): void {
    this.#made += 1;
    this.#error = error;
  }

  /** Whether to try again after `ms`. What GitHub asked for and nobody waits for is added to the error. */
  mayWait(ms: number, asked: boolean): boolean {
    if (this.#error === undefined) return false;
    if (this.#made >= ATTEMPTS || Date.now() + ms > this.#deadline) {
      if (asked) this.#error = tooLong(this.#error, ms);
      return false;
    }
    this.#log.info(`${this.#error.message}: trying again in ${Math.ceil(ms / 1000)} s`);
    return true;
  }
}

function tooLong(error: HttpError, waitMs: number): HttpError {
  const until = new Date(Date.now() + waitMs).toISOString().replace(/\.\d+Z$/, 'Z');
  return new HttpError(`${error.message}; it asks to wait until ${until}, which is too long for this run`, {
    status: error.status,
    code: error.code,
    hint: error.hint,
    cause: error,
  });
}

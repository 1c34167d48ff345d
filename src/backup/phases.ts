import type { Clock } from '../interfaces/clock.ts';
import type { Log } from '../interfaces/log.ts';

/** Runs a phase, and says how long it took. */
export class Phases {
  readonly seconds: Record<string, number> = {};
  readonly #log: Log;
  readonly #clock: Clock;

  constructor({ log, clock }: { log: Log; clock: Clock }) {
    this.#log = log;
    this.#clock = clock;
  }

  async run<T>(name: string, body: () => Promise<T>): Promise<T> {
    const started = this.#clock.elapsed();
    this.#log.info(name);
    try {
      return await body();
    } finally {
      this.seconds[name] = Math.round((this.#clock.elapsed() - started) / 1000);
    }
  }
}

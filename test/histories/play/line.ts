import type { Clock } from '../../../src/interfaces/clock.ts';
import { HttpError } from '../../../src/interfaces/errors.ts';
import type { Call, Line } from '../api/client.ts';
import type { VirtualClock } from './clock.ts';

export const FAULTS = ['killed before', 'killed after', 'lost', 'refused', 'failing', 'cancelled'] as const;

/**
 * What happens at a run's n-th write: the run is `killed before` it arrives or `killed after`; its answer is `lost`; it is `refused` (403)
 * or met by a `failing` API server (500); the run is `cancelled` with it.
 */
export interface Fault {
  kind: (typeof FAULTS)[number];
  write: number;
  /** How many writes in a row are refused. */
  times: number;
}

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
/** Until a client sends again what may be sent again. */
const AGAIN_MS = 400;
const LATENCIES_MS = [0, 0, 2, 9];

/** Between one run and the world: it counts what the run writes, and cuts it off where its fault says so. */
export class RunLine implements Line {
  /** Resolves when the run has been killed. */
  readonly killed: Promise<'killed'>;
  /** What was written, as words. */
  readonly written: string[] = [];
  /** Whether the fault has come to pass. */
  met = false;
  readonly #clock: VirtualClock;
  readonly #random: () => number;
  readonly #fault: Fault | undefined;
  readonly #onWrite: (count: number) => void;
  readonly #cancel: () => void;
  readonly #sleeping = new Set<() => void>();
  readonly #ended: (() => void)[] = [];
  #cut = false;
  #die: (value: 'killed') => void = () => undefined;

  constructor(
    clock: VirtualClock,
    random: () => number,
    { fault, onWrite, cancel }: { fault: Fault | undefined; onWrite: (count: number) => void; cancel: () => void },
  ) {
    this.#clock = clock;
    this.#random = random;
    this.#fault = fault;
    this.#onWrite = onWrite;
    this.#cancel = cancel;
    this.killed = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  onCut(ended: () => void): void {
    this.#ended.push(ended);
  }

  async through<T>(call: Call, act: () => T): Promise<T> {
    if (this.#cut) return never();
    await this.#latency();
    if (this.#cut) return never();
    const counts = call.writes && call.kind !== 'Lease';
    const count = counts ? this.written.push(`${call.verb} ${call.kind} ${call.name}`) : 0;
    const kind = counts ? this.#faultAt(count) : undefined;
    if (kind === 'killed before') return this.#kill();
    if (kind === 'refused') throw new HttpError(`${this.written.at(-1)} is forbidden`, { status: 403, code: 'Forbidden' });
    if (kind === 'failing') {
      if (!call.repeatable) throw new HttpError('etcdserver: request timed out', { status: 500, code: 'InternalError' });
      await this.clock.sleep(AGAIN_MS);
    }
    if (kind === 'cancelled') this.#cancel();
    const result = act();
    if (counts) this.#onWrite(count);
    if (kind === 'killed after') return this.#kill();
    if (kind !== 'lost') return result;
    if (!call.repeatable) throw new HttpError('Kubernetes API: the connection was reset', { status: 0, code: 'ECONNRESET' });
    await this.clock.sleep(AGAIN_MS);
    return act();
  }

  #faultAt(count: number): Fault['kind'] | undefined {
    const fault = this.#fault;
    if (!fault || count < fault.write) return undefined;
    const many = fault.kind === 'refused' || fault.kind === 'failing';
    if (count >= fault.write + (many ? fault.times : 1)) return undefined;
    this.met = true;
    return fault.kind;
  }

  #kill<T>(): Promise<T> {
    this.#cut = true;
    for (const stop of this.#sleeping) stop();
    for (const end of this.#ended) end();
    this.#die('killed');
    return never();
  }

  async #latency(): Promise<void> {
    const ms = LATENCIES_MS[Math.floor(this.#random() * LATENCIES_MS.length)] ?? 0;
    if (ms > 0) await this.clock.sleep(ms);
  }

  /** The clock of the run: one that was killed waits for ever. */
  readonly clock: Clock = {
    now: () => this.#clock.now(),
    elapsed: () => this.#clock.elapsed(),
    sleep: (ms, signal) => {
      if (this.#cut) return never();
      return new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        const aborted = () => {
          stop();
          this.#sleeping.delete(stop);
          if (!this.#cut) reject(signal?.reason);
        };
        const stop = this.#clock.after(ms, () => {
          this.#sleeping.delete(stop);
          signal?.removeEventListener('abort', aborted);
          resolve();
        });
        this.#sleeping.add(stop);
        signal?.addEventListener('abort', aborted, { once: true });
      });
    },
  };
}

/** For what is no run: nothing happens to it. */
export const OPEN: Line = {
  through: async (_, act) => act(),
  onCut: () => undefined,
};

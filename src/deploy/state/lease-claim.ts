import type { Clock } from '../../interfaces/clock.ts';
import { HttpError } from '../../interfaces/errors.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Log } from '../../interfaces/log.ts';
import type { Lease as LeaseObject } from '../../interfaces/objects.ts';
import { REASONS } from '../../interfaces/reasons.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { LEASE, leaseName } from '../kube/names.ts';
import { rivalOf, taken, type Who, wasAbandoned } from './lease-object.ts';
import { durationOf, freeFrom, type Observation, observed } from './lease-watch.ts';
import { type Moment, momentOf } from './moment.ts';

export interface LeaseDeps {
  kubernetes: Kubernetes;
  clock: Clock;
  log: Log;
}

interface Claim {
  release: string;
  who: Who;
  durationMs: number;
  limitMs: number;
  signal: AbortSignal;
}

/** A lease in the hands of whoever claimed it. */
export interface Taken {
  lease: LeaseObject;
  /** The last holder did not give it up. */
  takenOver: boolean;
  /** When it was written, by our clocks: before it arrived. */
  at: Moment;
}

/** Watches look again after this long at least: a lease that is about to expire is not asked for in a tight loop. */
const LEAST_WAIT_MS = 50;

/** Answers to its own writes that a claim may miss. */
const LOST_LIMIT = 5;

/** One run's wish to hold an app's lease. */
export class LeaseClaim {
  readonly #deps: LeaseDeps;
  readonly #claim: Claim;
  readonly #deadline: number;
  #told = '';
  #seen: Observation | undefined;
  #lost = 0;

  constructor(claim: Claim, deps: LeaseDeps) {
    this.#claim = claim;
    this.#deps = deps;
    this.#deadline = deps.clock.elapsed() + claim.limitMs;
  }

  /** Waits for whoever holds it, as long as they show signs of life, up to the limit. Errors: `StepFailure` (locked) at the limit, the signal's reason. */
  async take(): Promise<Taken> {
    const { release, who, signal } = this.#claim;
    const { kubernetes, clock } = this.#deps;
    for (;;) {
      signal.throwIfAborted();
      const seen = await kubernetes.get({ ...LEASE, name: leaseName(release) });
      const rival = rivalOf(seen, who.holder);
      if (seen && rival) {
        this.#seen = observed(this.#seen, seen, clock.elapsed());
        const freeAt = freeFrom(this.#seen, seen);
        if (freeAt > clock.elapsed()) {
          await this.#wait(seen, rival, freeAt);
          continue;
        }
      }
      const at = momentOf(clock);
      const lease = await this.#tryTake(seen);
      if (lease) return { lease, takenOver: wasAbandoned(seen), at };
    }
  }

  /** Undefined where someone else was faster, or where an answer was lost: then it is read again whose it is. */
  async #tryTake(seen: LeaseObject | undefined): Promise<LeaseObject | undefined> {
    const { kubernetes, clock } = this.#deps;
    const lease = taken(seen, { ...this.#claim, namespace: kubernetes.namespace }, clock.now());
    try {
      return seen ? await kubernetes.replace(lease) : await kubernetes.create(lease);
    } catch (error) {
      const lost = error instanceof HttpError && (error.status === 0 || error.status >= 500);
      if (lost && ++this.#lost < LOST_LIMIT) return undefined;
      if (error instanceof HttpError && error.status === 409) return undefined;
      throw error;
    }
  }

  async #wait(seen: LeaseObject, who: string, freeAt: number): Promise<void> {
    const { release, limitMs } = this.#claim;
    const { clock, log } = this.#deps;
    if (who !== this.#told) {
      const silent = `to show no sign of life for ${durationOf(seen) / 1000} s`;
      log.info(`Another deploy of "${release}" is running (${who}): waiting for it to finish, or ${silent}`);
    }
    this.#told = who;
    if (clock.elapsed() >= this.#deadline) {
      throw new StepFailure('locked', `"${release}" is being deployed by ${who}; waited ${limitMs / 1000} s for it`, {
        hint: REASONS.locked.todo,
      });
    }
    await this.#changeOrExpiry(seen, Math.min(freeAt, this.#deadline) - clock.elapsed());
  }

  /** Resolves when the lease changes, or after `ms`. */
  async #changeOrExpiry({ metadata }: LeaseObject, ms: number): Promise<void> {
    const { kubernetes, clock } = this.#deps;
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, this.#claim.signal]);
    const changed = (async () => {
      for await (const event of kubernetes.watch(LEASE, { fieldSelector: `metadata.name=${metadata.name}`, signal })) {
        if (event.object.metadata.resourceVersion !== metadata.resourceVersion) return;
      }
    })();
    try {
      await Promise.race([changed, clock.sleep(Math.max(ms, LEAST_WAIT_MS), signal)]);
    } finally {
      stop.abort();
      await changed.catch(() => undefined);
    }
  }
}

import { HttpError, LeaseLostError } from '../../interfaces/errors.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Lease as LeaseObject } from '../../interfaces/objects.ts';
import { REASONS } from '../../interfaces/reasons.ts';
import { messageOf } from '../../interfaces/values.ts';
import { LEASE, leaseName } from '../kube/names.ts';
import { LeaseClaim, type LeaseDeps, type Taken } from './lease-claim.ts';
import { afterRefusal, holderOf, released, renewed, type Who } from './lease-object.ts';
import { type Moment, momentOf, sinceMs } from './moment.ts';

export interface LeaseTimes {
  /** The lease expires by itself after this long without a renewal. */
  durationMs: number;
  renewMs: number;
  /** Without a renewal for this long the run stops: well before anyone else may take over. */
  giveUpMs: number;
}
export const LEASE_TIMES: LeaseTimes = { durationMs: 30_000, renewMs: 5_000, giveUpMs: 20_000 };

/** Of giving it up, where renewals that were still under way arrive in between. */
const ATTEMPTS = 3;
/** Until a proof that did not come is asked for again. */
const AGAIN_MS = 500;

/** An app's lease in the hands of this run, renewed until it is released or lost. */
export class Lease {
  /** Aborted with `LeaseLostError` when the lease is lost, or with the outer signal's reason. */
  readonly signal: AbortSignal;
  /** Aborted when the lease is lost, and by nothing else. */
  readonly lost: AbortSignal;
  /** Whether the last holder did not give the lease up (killed run). */
  readonly takenOver: boolean;
  readonly #deps: LeaseDeps;
  readonly #times: LeaseTimes;
  readonly #lost = new AbortController();
  readonly #stop = new AbortController();
  readonly #renewals: Promise<void>;
  #lease: LeaseObject;
  /** When the renewal was sent that arrived last. */
  #renewedAt: Moment;
  #renewing: Promise<boolean> | undefined;

  /** Takes the app's lease, waiting for a live holder up to `limitMs`. Errors: `StepFailure` (locked) at the limit, the signal's reason. */
  static async acquire(
    release: string,
    who: Who,
    deps: LeaseDeps,
    { times = LEASE_TIMES, ...options }: { limitMs: number; signal: AbortSignal; times?: LeaseTimes },
  ): Promise<Lease> {
    const taken = await new LeaseClaim({ release, who, durationMs: times.durationMs, ...options }, deps).take();
    return new Lease(taken, deps, times, options.signal);
  }

  private constructor({ lease, takenOver, at }: Taken, deps: LeaseDeps, times: LeaseTimes, outer: AbortSignal) {
    this.#deps = deps;
    this.#times = times;
    this.#lease = lease;
    this.takenOver = takenOver;
    this.#renewedAt = at;
    this.lost = this.#lost.signal;
    this.signal = AbortSignal.any([this.#lost.signal, outer]);
    this.#renewals = this.#keepRenewed().catch((error: unknown) => this.#lost.abort(error));
  }

  /**
   * Before each write: it is still ours, at the epoch at which it was taken. Where the last proof is old, since renewals fail or the machine
   * slept, the API server is asked; with `anew` in any case. Errors: `LeaseLostError`.
   */
  async prove({ anew = false } = {}): Promise<void> {
    this.lost.throwIfAborted();
    if (!anew && this.#ageMs() < 2 * this.#times.renewMs) return;
    try {
      while (!(await this.#renew()) && anew) await this.#deps.clock.sleep(AGAIN_MS);
    } catch (error) {
      this.#lost.abort(error);
    }
    this.lost.throwIfAborted();
  }

  /** Gives it up, so that whoever waits gets it at once. One that was lost is someone else's. */
  async release(): Promise<void> {
    this.#stop.abort();
    await this.#renewals;
    if (this.#lost.signal.aborted) return;
    try {
      await this.#giveUp();
    } catch (error) {
      this.#deps.log.debug(`The lease could not be given up; it expires by itself: ${messageOf(error)}`);
    }
  }

  /** Where a renewal was under way, or an answer was lost, the lease is no longer as it was last seen. */
  async #giveUp(): Promise<void> {
    const { kubernetes } = this.#deps;
    for (let attempt = 1; ; attempt++) {
      try {
        await kubernetes.replace(released(this.#lease));
        return;
      } catch (error) {
        const seen = mayHaveArrived(error) && attempt < ATTEMPTS ? await this.#read() : 'unread';
        // Its answer was lost.
        if (typeof seen === 'object' && !seen.spec?.holderIdentity) return;
        if (typeof seen !== 'object' || afterRefusal(409, seen, this.#lease) !== 'ours') throw error;
        this.#lease = seen;
      }
    }
  }

  /** Ends when it is stopped, fails when the lease is lost. */
  async #keepRenewed(): Promise<void> {
    const { clock } = this.#deps;
    const { signal } = this.#stop;
    for (;;) {
      await clock.sleep(this.#times.renewMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      // A request that hangs must not hide that time has run out.
      const left = Math.max(this.#renewedAt.elapsed + this.#times.giveUpMs - clock.elapsed(), 0);
      const late = clock.sleep(left, signal).then(() => Promise.reject(this.#expired(undefined)));
      await Promise.race([this.#renew(), late]).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  }

  /** Returns whether it is renewed. One at a time: two would refuse each other. Errors: `LeaseLostError`. */
  #renew(): Promise<boolean> {
    this.#renewing ??= this.#tryRenew().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  /** A write that was refused says nothing yet: our own last one may have arrived without its answer, and the next one does then. */
  async #tryRenew(again = true): Promise<boolean> {
    const at = momentOf(this.#deps.clock);
    try {
      this.#lease = await this.#deps.kubernetes.replace(renewed(this.#lease, at.now));
      this.#renewedAt = at;
      return true;
    } catch (error) {
      if (error instanceof HttpError && (error.status === 409 || error.status === 404)) {
        const seen = await this.#read();
        const verdict = afterRefusal(error.status, seen, this.#lease);
        if (verdict === 'lost') throw this.#lostTo(seen);
        if (typeof seen === 'object') this.#lease = seen;
        if (typeof seen === 'object' && again) return await this.#tryRenew(false);
      }
      if (this.#ageMs() >= this.#times.giveUpMs) throw this.#expired(error);
      return false;
    }
  }

  #ageMs = (): number => sinceMs(this.#renewedAt, this.#deps.clock);

  async #read(): Promise<LeaseObject | 'gone' | 'unread'> {
    const read = this.#deps.kubernetes.get({ ...LEASE, name: this.#lease.metadata.name });
    return await read.then((lease) => lease ?? 'gone').catch(() => 'unread');
  }

  #expired(cause: unknown): LeaseLostError {
    return new LeaseLostError(`The lease "${this.#lease.metadata.name}" could not be renewed for ${this.#times.giveUpMs / 1000} s`, {
      cause,
      hint: `The API server was not reachable. ${REASONS['lease-lost'].todo}`,
    });
  }

  #lostTo(seen: LeaseObject | 'gone' | 'unread'): LeaseLostError {
    const by = (typeof seen === 'object' ? holderOf(seen) : undefined) ?? 'someone who deleted it';
    return new LeaseLostError(`The lease "${this.#lease.metadata.name}" was taken by ${by}`, {
      hint: 'Nothing more was touched by this run.',
    });
  }
}

const mayHaveArrived = (error: unknown): boolean =>
  error instanceof HttpError && (error.status === 409 || error.status === 0 || error.status >= 500);

/** Gives up a lease that a dead process of this very run still holds. Returns whether it did. */
export async function releaseLease(release: string, holder: string, kubernetes: Kubernetes): Promise<boolean> {
  const lease = await kubernetes.get({ ...LEASE, name: leaseName(release) });
  if (lease?.spec?.holderIdentity !== holder) return false;
  await kubernetes.replace(released(lease));
  return true;
}

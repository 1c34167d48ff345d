import { HttpError, LeaseLostError } from '../../interfaces/errors.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Lease as LeaseObject } from '../../interfaces/objects.ts';
import { REASONS } from '../../interfaces/reasons.ts';
import { LEASE, leaseName } from '../kube/names.ts';
import { LeaseClaim, type LeaseDeps } from './lease-claim.ts';
import { afterRefusal, currentHolder, released, renewed, type Who } from './lease-object.ts';

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
  #renewedAt: number;

  /** Takes the app's lease, waiting for a live holder up to `limitMs`. Errors: `StepFailure` (locked) at the limit, the signal's reason. */
  static async acquire(
    release: string,
    who: Who,
    deps: LeaseDeps,
    { times = LEASE_TIMES, ...options }: { limitMs: number; signal: AbortSignal; times?: LeaseTimes },
  ): Promise<Lease> {
    const held = await new LeaseClaim({ release, who, durationMs: times.durationMs, ...options }, deps).take();
    return new Lease(held, deps, times, options.signal);
  }

  private constructor(held: { lease: LeaseObject; takenOver: boolean }, deps: LeaseDeps, times: LeaseTimes, outer: AbortSignal) {
    this.#deps = deps;
    this.#times = times;
    this.#lease = held.lease;
    this.takenOver = held.takenOver;
    this.#renewedAt = deps.clock.now();
    this.lost = this.#lost.signal;
    this.signal = AbortSignal.any([this.#lost.signal, outer]);
    this.#renewals = this.#keepRenewed().catch((error: unknown) => this.#lost.abort(error));
  }

  /** Gives it up, so that whoever waits gets it at once. One that was lost is someone else's. */
  async release(): Promise<void> {
    this.#stop.abort();
    await this.#renewals;
    if (this.#lost.signal.aborted) return;
    try {
      await this.#giveUp();
    } catch (error) {
      this.#deps.log.debug(`The lease could not be given up; it expires by itself: ${error instanceof Error ? error.message : error}`);
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
        if (typeof seen !== 'object' || seen.spec?.holderIdentity !== this.#lease.spec?.holderIdentity) throw error;
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
      const left = Math.max(this.#renewedAt + this.#times.giveUpMs - clock.now(), 0);
      const late = clock.sleep(left, signal).then(() => Promise.reject(this.#expired(undefined)));
      await Promise.race([this.#renew(), late]).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  }

  async #renew(): Promise<void> {
    const at = this.#deps.clock.now();
    try {
      this.#lease = await this.#deps.kubernetes.replace(renewed(this.#lease, at));
      this.#renewedAt = at;
    } catch (error) {
      await this.#afterFailure(error);
    }
  }

  /** A write that was refused says nothing yet: our own last one may have arrived without its answer. */
  async #afterFailure(error: unknown): Promise<void> {
    if (error instanceof HttpError && (error.status === 409 || error.status === 404)) {
      const seen = await this.#read();
      const verdict = afterRefusal(error.status, seen, this.#lease.spec?.holderIdentity ?? '');
      if (verdict === 'lost') throw this.#lostTo(seen);
      if (typeof seen === 'object') this.#lease = seen;
    }
    if (this.#deps.clock.now() - this.#renewedAt >= this.#times.giveUpMs) throw this.#expired(error);
  }

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
    const holder = typeof seen === 'object' ? currentHolder(seen, this.#deps.clock.now()) : undefined;
    const by = holder?.who ?? 'someone who deleted it';
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

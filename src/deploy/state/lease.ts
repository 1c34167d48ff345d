import type { Clock } from '../../interfaces/clock.ts';
import { HttpError, LeaseLostError } from '../../interfaces/errors.ts';
import type { Kubernetes, KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Log } from '../../interfaces/log.ts';
import { APP_LABEL } from '../../split/model.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { LEASE, leaseName } from '../kube/names.ts';

/** Who runs this deploy: shown to whoever waits for the lease, and kept in the journal. */
export interface Who {
  repository: string;
  runUrl: string;
  actor: string;
  /** Unique for this run, attempt and job, with a random part. */
  holder: string;
}

const REPOSITORY = 'todo-deploy.dev/repository';
const RUN_URL = 'todo-deploy.dev/run';
/** How far two runners' clocks may be apart. */
const SKEW_MS = 5_000;

export interface LeaseTimes {
  /** The lease expires by itself after this long without a renewal. */
  durationMs: number;
  renewMs: number;
  /** Without a renewal for this long the run stops: well before anyone else may take over. */
  giveUpMs: number;
}
export const LEASE_TIMES: LeaseTimes = { durationMs: 30_000, renewMs: 5_000, giveUpMs: 20_000 };

interface LeaseDeps {
  kubernetes: Kubernetes;
  clock: Clock;
  log: Log;
}

export interface HeldLease {
  /** Aborted with `LeaseLostError` when the lease is lost, or with the outer signal's reason. */
  readonly signal: AbortSignal;
  /** Whether the last holder did not give the lease up (killed run). */
  readonly takenOver: boolean;
  release(): Promise<void>;
}

const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');

/** Pure: who holds this lease at `now`; undefined when it is free or has expired. */
export function liveHolder(
  lease: KubernetesObject | undefined,
  now: number,
  skewMs = SKEW_MS,
): { who: string; expiresAt: number } | undefined {
  const holder = lease?.spec?.holderIdentity as string | undefined;
  if (!lease || !holder) return undefined;
  const renewed = Date.parse(lease.spec.renewTime ?? lease.spec.acquireTime ?? '') || 0;
  const expiresAt = renewed + (lease.spec.leaseDurationSeconds ?? 30) * 1000 + skewMs;
  if (expiresAt <= now) return undefined;
  const notes = lease.metadata.annotations ?? {};
  return { who: [notes[REPOSITORY] || holder, notes[RUN_URL]].filter(Boolean).join(', '), expiresAt };
}

/**
 * Takes the app's lease, waiting for a live holder up to `limitMs`. Errors: `StepFailure` (locked) at the limit, `CancelledError`.
 */
export async function acquireLease(
  release: string,
  who: Who,
  { kubernetes, clock, log }: LeaseDeps,
  options: { limitMs: number; signal: AbortSignal; times?: LeaseTimes },
): Promise<HeldLease> {
  const times = options.times ?? LEASE_TIMES;
  const ref = { ...LEASE, name: leaseName(release) };
  const deadline = clock.now() + options.limitMs;
  let told = '';
  for (;;) {
    options.signal.throwIfAborted();
    const seen = await kubernetes.get(ref);
    // A post step takes over what the main step of its own run still holds.
    const own = seen?.spec?.holderIdentity === who.holder;
    const holder = own ? undefined : liveHolder(seen, clock.now());
    if (holder === undefined) {
      const taken = await tryTake(seen);
      if (taken) return hold(taken, Boolean(seen?.spec?.holderIdentity));
      continue;
    }
    if (holder.who !== told) log.info(`Another deploy of "${release}" is running (${holder.who}): waiting for it to finish`);
    told = holder.who;
    if (clock.now() >= deadline) {
      throw new StepFailure('locked', `"${release}" is being deployed by ${holder.who}; waited ${options.limitMs / 1000} s for it`, {
        hint: 'Wait for that run, or cancel it: its lease is given up or expires by itself.',
      });
    }
    await changeOrExpiry(seen as KubernetesObject, Math.min(holder.expiresAt, deadline) - clock.now());
  }

  function body(seen: KubernetesObject | undefined): KubernetesObject {
    const now = microTime(clock.now());
    return {
      ...LEASE,
      metadata: {
        name: ref.name,
        namespace: kubernetes.namespace,
        labels: { [APP_LABEL]: release },
        annotations: { [REPOSITORY]: who.repository, [RUN_URL]: who.runUrl },
        ...(seen?.metadata.resourceVersion ? { resourceVersion: seen.metadata.resourceVersion } : {}),
      },
      spec: {
        holderIdentity: who.holder,
        leaseDurationSeconds: times.durationMs / 1000,
        acquireTime: now,
        renewTime: now,
        leaseTransitions: (seen?.spec?.leaseTransitions ?? 0) + 1,
      },
    };
  }

  async function tryTake(seen: KubernetesObject | undefined): Promise<KubernetesObject | undefined> {
    try {
      return seen ? await kubernetes.replace(body(seen)) : await kubernetes.create(body(undefined));
    } catch (error) {
      if (error instanceof HttpError && error.status === 409) return undefined;
      throw error;
    }
  }

  /** Resolves when the lease changes, or after `ms`. */
  async function changeOrExpiry(seen: KubernetesObject, ms: number): Promise<void> {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, options.signal]);
    const changed = (async () => {
      for await (const event of kubernetes.watch(LEASE, { fieldSelector: `metadata.name=${ref.name}`, signal })) {
        if (event.object.metadata.resourceVersion !== seen.metadata.resourceVersion) return;
      }
    })();
    try {
      await Promise.race([changed, clock.sleep(Math.max(ms, 50), signal)]);
    } finally {
      stop.abort();
      await changed.catch(() => undefined);
    }
  }

  function hold(first: KubernetesObject, takenOver: boolean): HeldLease {
    let lease = first;
    let renewedAt = clock.now();
    const lost = new AbortController();
    const stop = new AbortController();
    const loop = renewLoop().catch((error: unknown) => lost.abort(error));
    return { signal: AbortSignal.any([lost.signal, options.signal]), takenOver, release: give };

    async function renewLoop(): Promise<void> {
      for (;;) {
        await clock.sleep(times.renewMs, stop.signal).catch(() => undefined);
        if (stop.signal.aborted) return;
        // A request that hangs must not hide that time has run out.
        const left = Math.max(renewedAt + times.giveUpMs - clock.now(), 0);
        await Promise.race([renew(), clock.sleep(left, stop.signal).then(() => giveUp(undefined))]).catch((error: unknown) => {
          if (!stop.signal.aborted) throw error;
        });
      }
    }

    async function renew(): Promise<void> {
      const at = clock.now();
      try {
        lease = await kubernetes.replace({ ...lease, spec: { ...lease.spec, renewTime: microTime(at) } });
        renewedAt = at;
      } catch (error) {
        await afterFailure(error);
      }
    }

    async function afterFailure(error: unknown): Promise<void> {
      if (error instanceof HttpError && (error.status === 409 || error.status === 404)) {
        const seen = await kubernetes.get(ref).catch(() => undefined);
        if (seen?.spec?.holderIdentity === who.holder) lease = seen;
        else if (seen || error.status === 404) throw lostTo(seen);
      }
      if (clock.now() - renewedAt >= times.giveUpMs) giveUp(error);
    }

    function giveUp(cause: unknown): never {
      throw new LeaseLostError(`The lease "${ref.name}" could not be renewed for ${times.giveUpMs / 1000} s`, {
        cause,
        hint: 'The API server was not reachable. Run the job again: it heals what this run left.',
      });
    }

    function lostTo(seen: KubernetesObject | undefined): LeaseLostError {
      const by = liveHolder(seen, clock.now())?.who ?? 'someone who deleted it';
      return new LeaseLostError(`The lease "${ref.name}" was taken by ${by}`, { hint: 'Nothing more was touched by this run.' });
    }

    async function give(): Promise<void> {
      stop.abort();
      await loop;
      if (lost.signal.aborted) return;
      try {
        await kubernetes.replace(withoutHolder(lease));
      } catch (error) {
        log.debug(`The lease could not be given up; it expires by itself: ${error instanceof Error ? error.message : error}`);
      }
    }
  }
}

/** Gives up a lease that a dead process of this very run still holds. */
export async function releaseLease(release: string, holder: string, kubernetes: Kubernetes): Promise<boolean> {
  const lease = await kubernetes.get({ ...LEASE, name: leaseName(release) });
  if (lease?.spec?.holderIdentity !== holder) return false;
  await kubernetes.replace(withoutHolder(lease));
  return true;
}

function withoutHolder(lease: KubernetesObject): KubernetesObject {
  const { holderIdentity: _, ...spec } = lease.spec;
  return { ...lease, spec };
}

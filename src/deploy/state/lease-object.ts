import type { Lease } from '../../interfaces/objects.ts';
import { APP_LABEL } from '../../split/model.ts';
import { LEASE, leaseName } from '../kube/names.ts';

/** Who runs this deploy: shown to whoever waits for the lease, and kept in the journal. */
export interface Who {
  repository: string;
  runUrl: string;
  actor: string;
  /** Unique for this run, attempt and job, with a random part. */
  holder: string;
}

export interface CurrentHolder {
  /** As text. */
  who: string;
  expiresAt: number;
}

const REPOSITORY = 'todo-deploy.dev/repository';
const RUN_URL = 'todo-deploy.dev/run';
/** How far two runners' clocks may be apart. */
const SKEW_MS = 5_000;

const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');

/** Pure: who holds this lease at `now`; undefined when it is free or has expired. */
export function currentHolder(lease: Lease | undefined, now: number, skewMs = SKEW_MS): CurrentHolder | undefined {
  const holder = lease?.spec?.holderIdentity;
  if (!lease?.spec || !holder) return undefined;
  const renewed = Date.parse(lease.spec.renewTime ?? lease.spec.acquireTime ?? '') || 0;
  const expiresAt = renewed + (lease.spec.leaseDurationSeconds ?? 30) * 1000 + skewMs;
  if (expiresAt <= now) return undefined;
  const notes = lease.metadata.annotations ?? {};
  return { who: [notes[REPOSITORY] || holder, notes[RUN_URL]].filter(Boolean).join(', '), expiresAt };
}

/** Pure: who keeps `holder` from this lease at `now`. Nobody, where it is its own: a post step takes over from the main step of its run. */
export function rivalHolder(lease: Lease | undefined, holder: string, now: number): CurrentHolder | undefined {
  return lease?.spec?.holderIdentity === holder ? undefined : currentHolder(lease, now);
}

/** Pure: whether the last holder did not give it up: a killed run. */
export const wasAbandoned = (lease: Lease | undefined): boolean => Boolean(lease?.spec?.holderIdentity);

/** Pure: what a write that was refused means for the holder, by what is there now. A lease that was deleted is a conflict, too. */
export function afterRefusal(status: 404 | 409, seen: Lease | 'gone' | 'unread', holder: string): 'ours' | 'lost' | 'unknown' {
  if (seen === 'unread') return status === 404 ? 'lost' : 'unknown';
  return seen !== 'gone' && seen.spec?.holderIdentity === holder ? 'ours' : 'lost';
}

/** Pure: the lease in the hands of `who`, instead of `seen`. */
export function taken(
  seen: Lease | undefined,
  { release, namespace, who, durationMs }: { release: string; namespace: string; who: Who; durationMs: number },
  now: number,
): Lease {
  return {
    ...LEASE,
    metadata: {
      name: leaseName(release),
      namespace,
      labels: { [APP_LABEL]: release },
      annotations: { [REPOSITORY]: who.repository, [RUN_URL]: who.runUrl },
      ...(seen?.metadata.resourceVersion && { resourceVersion: seen.metadata.resourceVersion }),
    },
    spec: {
      holderIdentity: who.holder,
      leaseDurationSeconds: durationMs / 1000,
      acquireTime: microTime(now),
      renewTime: microTime(now),
      leaseTransitions: (seen?.spec?.leaseTransitions ?? 0) + 1,
    },
  };
}

/** Pure: the lease, renewed at `now`. */
export const renewed = (lease: Lease, now: number): Lease => ({
  ...lease,
  spec: { ...lease.spec, renewTime: microTime(now) },
});

/** Pure: the lease without a holder. */
export function released(lease: Lease): Lease {
  const { holderIdentity: _, ...spec } = lease.spec ?? {};
  return { ...lease, spec };
}

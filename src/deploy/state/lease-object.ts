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

const REPOSITORY = 'todo-deploy.dev/repository';
const RUN_URL = 'todo-deploy.dev/run';

/** For people alone: nobody compares it with a clock of their own. */
const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');

/** Pure: who holds this lease, as text; undefined where it was given up. Whether they still live, only watching it tells. */
export function holderOf(lease: Lease | undefined): string | undefined {
  const holder = lease?.spec?.holderIdentity;
  if (!lease || !holder) return undefined;
  const notes = lease.metadata.annotations ?? {};
  return [notes[REPOSITORY] || holder, notes[RUN_URL]].filter(Boolean).join(', ');
}

/** Pure: who keeps `holder` from this lease. Nobody, where it is its own: a post step takes over from the main step of its run. */
export const rivalOf = (lease: Lease | undefined, holder: string): string | undefined =>
  lease?.spec?.holderIdentity === holder ? undefined : holderOf(lease);

/** Pure: whether the last holder did not give it up: a killed run. */
export const wasAbandoned = (lease: Lease | undefined): boolean => Boolean(lease?.spec?.holderIdentity);

/**
 * Pure: whether both are one hold of a lease. Each take raises its epoch (`leaseTransitions`), also that of the very run that held it; one that
 * was deleted and made anew is another object.
 */
const isSameHold = (one: Lease, other: Lease): boolean =>
  one.metadata.uid === other.metadata.uid &&
  one.spec?.holderIdentity === other.spec?.holderIdentity &&
  one.spec?.leaseTransitions === other.spec?.leaseTransitions;

/** Pure: what a write that was refused means for whoever has `held` it, by what is there now. A lease that was deleted is a conflict, too. */
export function afterRefusal(status: 404 | 409, seen: Lease | 'gone' | 'unread', held: Lease): 'ours' | 'lost' | 'unknown' {
  if (seen === 'unread') return status === 404 ? 'lost' : 'unknown';
  return seen !== 'gone' && isSameHold(seen, held) ? 'ours' : 'lost';
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

/** Pure: the lease, renewed at `now`: whatever clock that is by, it is another time than before. */
export const renewed = (lease: Lease, now: number): Lease => ({
  ...lease,
  spec: { ...lease.spec, renewTime: microTime(now) },
});

/** Pure: the lease without a holder. */
export function released(lease: Lease): Lease {
  const { holderIdentity: _, ...spec } = lease.spec ?? {};
  return { ...lease, spec };
}

import type { Clock } from '../../interfaces/clock.ts';
import type { Lease } from '../../interfaces/objects.ts';
import { LEASE, leaseName } from '../kube/names.ts';
import { LEASE_TIMES } from '../state/lease.ts';
import { holderOf } from '../state/lease-object.ts';
import { durationOf, observed } from '../state/lease-watch.ts';
import type { LeaseStatus } from './model.ts';
import type { StatusReader } from './reader.ts';

/** A live run shows a sign of life within this time. */
const LOOK_MS = LEASE_TIMES.renewMs + 2_000;
const POLL_MS = 1_000;

/** Who holds the app's lease; undefined where nobody does. */
export async function readLease(reader: StatusReader, release: string, clock: Clock): Promise<LeaseStatus | undefined> {
  const read = async () => (await reader.get({ ...LEASE, name: leaseName(release) })).object;
  const lease = await read();
  const who = holderOf(lease);
  if (lease === undefined || who === undefined) return undefined;
  const alive = isFresh(lease, clock.now()) || (await isRenewed(lease, read, clock));
  return { holder: lease.spec?.holderIdentity ?? '', who, renewedAt: lease.spec?.renewTime || undefined, expired: !alive };
}

/** Pure: whether it was renewed lately, where the clocks agree; where they do not, it is watched. */
function isFresh(lease: Lease, now: number): boolean {
  const { renewTime, acquireTime } = lease.spec ?? {};
  return Math.abs(now - Date.parse(renewTime ?? acquireTime ?? '')) < durationOf(lease);
}

async function isRenewed(first: Lease, read: () => Promise<Lease | undefined>, clock: Clock): Promise<boolean> {
  const before = observed(undefined, first, clock.elapsed());
  for (const end = clock.elapsed() + LOOK_MS; clock.elapsed() < end; ) {
    await clock.sleep(POLL_MS);
    const now = await read();
    if (now && observed(before, now, clock.elapsed()) !== before) return holderOf(now) !== undefined;
  }
  return false;
}

import type { Clock } from '../../interfaces/clock.ts';
import type { Helm } from '../../interfaces/helm.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Log } from '../../interfaces/log.ts';
import { Recorder } from '../run/run.ts';
import { fenced } from '../state/fence.ts';
import { JournalStore } from '../state/journal-store.ts';
import { Lease, releaseLease } from '../state/lease.ts';
import type { Who } from '../state/lease-object.ts';
import { heal } from './heal.ts';

const LIMIT_MS = 60_000;

/** Heals what this run itself left in flight, nothing of other runs. Returns what was done, as text. */
export async function healAfter(
  run: { release: string; who: Who; timeoutMs: number },
  tools: { kubernetes: Kubernetes; helm: () => Promise<Helm>; clock: Clock; log: Log },
  signal: AbortSignal,
): Promise<string | undefined> {
  const { kubernetes, clock, log } = tools;
  const { release, who } = run;
  const inFlight = (await JournalStore.open(kubernetes, release)).journal.inFlight;
  if (inFlight?.holder !== who.holder) {
    if (await releaseLease(release, who.holder, kubernetes)) log.info(`The lease of "${release}" is given up`);
    return undefined;
  }
  const lease = await Lease.acquire(release, who, tools, { limitMs: LIMIT_MS, signal });
  try {
    // Read again: someone else may have healed it before the lease was ours.
    const own = fenced({ kubernetes, helm: await tools.helm() }, () => lease.prove());
    const journal = await JournalStore.open(own.kubernetes, release, () => lease.prove({ anew: true }));
    if (journal.journal.inFlight?.holder !== who.holder) return undefined;
    const options = { release, timeoutMs: run.timeoutMs };
    return await heal({ ...own, clock, log, journal, report: new Recorder(), options, held: lease.lost });
  } finally {
    await lease.release();
  }
}

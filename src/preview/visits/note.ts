import { SERVICE } from '../../deploy/kube/names.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import { ownSelector } from '../../interfaces/own.ts';
import { isAsleep } from '../../waker/index.ts';
import { note } from '../isolate/index.ts';
import { momentText, type Notes, ownOf, type Preview, renewed } from '../model/index.ts';
import { countsIn, countsText, hasGrown } from './counts.ts';
import type { Visits } from './read.ts';

/** In the preview's own namespace. */
type InPreview = Pick<Kubernetes, 'namespace' | 'list' | 'get' | 'patch'>;

/** What is noted with a preview that was just deployed: whatever has been counted so far was the deploy. */
export async function visitsUntilNow(preview: Preview, visits: Visits, kubernetes: InPreview): Promise<Notes> {
  const { counts } = await countsOf(preview, visits, kubernetes);
  return Object.keys(counts).length === 0 ? {} : { visits: countsText(counts) };
}

/**
 * The preview as it is once it is known whether anybody visited it since the pass before: then that renews its time. Requests while it is asleep
 * are none, robots do not wake it; the waker notes those that do. Returns it as it was where no front door tells, and where it ends.
 */
export async function noteVisits(
  preview: Preview,
  { clocks, dryRun, visits }: { clocks: readonly number[]; dryRun: boolean; visits: Visits },
  kubernetes: Kubernetes,
): Promise<Preview> {
  if (preview.ending) return preview;
  const { counts, sleeps } = await countsOf(preview, visits, kubernetes);
  const noted = countsIn(preview.visits);
  if (Object.keys(counts).length === 0 || (noted && !hasGrown(noted, counts))) return preview;
  // Before the first look it cannot be told when they came.
  const usedAt = noted && !sleeps ? Math.min(...clocks) : undefined;
  if (dryRun) return usedAt === undefined ? preview : renewed({ ...preview, usedAt }, usedAt);
  // A pod that did not tell this time keeps its count.
  const kept = Object.entries(noted ?? {}).filter(([pod]) => visits.pods.includes(pod));
  const all = countsText({ ...Object.fromEntries(kept), ...counts });
  const now = await note(kubernetes, preview, (seen) => ({ visits: all, ...useNotes(seen, usedAt) }));
  return now ?? preview;
}

function useNotes(seen: Preview, usedAt: number | undefined): Notes {
  if (usedAt === undefined) return {};
  const { expiresAt, warnedAt } = renewed(seen, usedAt);
  return {
    usedAt: momentText(usedAt),
    ...(expiresAt !== undefined && { expiresAt: momentText(expiresAt) }),
    ...(warnedAt === undefined && { warnedAt: '' }),
  };
}

async function countsOf(preview: Preview, visits: Visits, kubernetes: InPreview) {
  const { items } = await kubernetes.list(SERVICE, { labelSelector: ownSelector(ownOf(preview)) });
  const services = items.map(({ metadata }) => metadata.name);
  return {
    counts: visits.countsOf({ namespace: preview.namespace, services }),
    sleeps: items.some(({ spec }) => isAsleep(spec?.selector)),
  };
}

import { COLORS } from '../../split/model.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { colorWorkloads, liveStableServices } from '../kube/live.ts';
import { colorRelease, describe } from '../kube/names.ts';
import { newestRevisions } from '../preflight/own-releases.ts';
import type { Run } from '../run/run.ts';
import { JournalStore } from '../state/journal-store.ts';

/**
 * The app has to be gone from the namespace, or a run that brought it back has to have been killed. Errors: `StepFailure` (restore-refused)
 * that names what is there.
 */
export async function requireNobody(run: Pick<Run, 'kubernetes' | 'journal'> & { options: { release: string } }): Promise<void> {
  const { kubernetes, options } = run;
  const { release } = options;
  const { restored, active } = run.journal.journal;
  if (run.journal.exists && restored !== undefined && active === undefined) return;
  const [records, services, ...colors] = await Promise.all([
    newestRevisions({ kubernetes }, [release, ...COLORS.map((color) => colorRelease(release, color))]),
    liveStableServices(kubernetes, release),
    ...COLORS.map((color) => colorWorkloads(kubernetes, release, color)),
  ]);
  const there = [
    ...(run.journal.exists ? ['its journal'] : []),
    ...[...records.keys()].map((name) => `the Helm release ${name}`),
    ...services.map(({ name }) => `Service/${name}`),
    ...colors.flatMap((workloads) => [...workloads.values()].map(describe)),
  ];
  if (there.length === 0) return;
  throw new StepFailure(
    'restore-refused',
    `"${release}" is in namespace ${kubernetes.namespace} (${there.slice(0, SHOWN).join(', ')}): nothing was touched`,
    {
      hint: 'A disaster brings back an app that is gone. For its data alone there are the modes into and cut-over; to begin anew, remove the app first.',
    },
  );
}

const SHOWN = 5;

/** The same before a run has begun. */
export const requireGone = async (kubernetes: Run['kubernetes'], release: string): Promise<void> =>
  requireNobody({ kubernetes, journal: await JournalStore.open(kubernetes, release), options: { release } });

import { healAfter } from '../../deploy/recovery/heal-own-run.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { connectCluster } from './cluster-access.ts';
import type { ReleaseInputs } from './release-inputs.ts';
import { HOLDER, whoRuns } from './who.ts';

type Own = Pick<ReleaseInputs, 'release' | 'cluster' | 'timeoutMs' | 'dryRun'>;

/**
 * After the main step, however it ended: if its run is still in flight (cancelled hard, killed), users are put on the color that passed
 * and the lease is given up. Programs it left were ended before, private files are removed after.
 */
export async function healOwn(context: ActionContext, read: (context: ActionContext) => Own): Promise<void> {
  if (context.state.get(HOLDER) === '') return;
  const inputs = read(context);
  if (inputs.dryRun) return;
  const tools = await connectCluster(context, inputs.cluster);
  try {
    const healed = await healAfter(
      { release: inputs.release, who: whoRuns(context), timeoutMs: inputs.timeoutMs },
      { kubernetes: tools.kubernetes, helm: tools.helm, clock: context.clock, log: context.log },
      context.signal,
    );
    if (healed) context.summary.text(healed);
  } finally {
    await tools.close();
  }
}

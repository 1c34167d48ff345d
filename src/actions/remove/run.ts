import { type RemoveOutcome, remove } from '../../deploy/remove/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { connectCluster } from '../shared/cluster-access.ts';
import { whoRuns } from '../shared/who.ts';
import type { RemoveInputs } from './inputs.ts';

/** Connects, removes, reports. */
export async function runRemove(context: ActionContext, inputs: RemoveInputs): Promise<RemoveOutcome> {
  const { log, clock, signal } = context;
  const tools = await connectCluster(context, inputs.cluster);
  try {
    const { cluster: _, ...wanted } = inputs;
    const options = { ...wanted, who: whoRuns(context) };
    const outcome = await remove(options, { kubernetes: tools.kubernetes, helm: tools.lazyHelm(), clock, log, signal });
    report(context, inputs, outcome);
    return outcome;
  } finally {
    await tools.close();
  }
}

function report({ summary, log, setOutput }: ActionContext, { release, cluster }: RemoveInputs, outcome: RemoveOutcome): void {
  const { status, removed, kept } = outcome;
  setOutput('status', status);
  setOutput('removed', removed.join('\n'));
  setOutput('kept', kept.join('\n'));
  const headline = {
    removed: `${release} is removed`,
    planned: `${release} would be removed; nothing was touched`,
    nothing: `There is nothing of ${release} in namespace ${cluster.namespace}`,
  }[status];
  log.info(headline);
  summary.heading(2, headline);
  if (status === 'nothing') return;
  summary.heading(3, status === 'planned' ? 'Would go, in this order' : 'Gone, in this order');
  summary.list(removed);
  summary.heading(3, status === 'planned' ? 'Would stay' : 'Stays');
  summary.list(kept);
}

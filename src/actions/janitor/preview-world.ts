import { type PreviewWorld, type TendOptions, tend } from '../../janitor/index.ts';
import { takeDown } from '../../preview/gone/index.ts';
import type { Preview } from '../../preview/model/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import type { ClusterTools } from '../shared/cluster-access.ts';
import { whoRuns } from '../shared/who.ts';
import type { AskedPullRequests } from './pull-requests.ts';

/** What a pass over previews works with: each by way of its own namespace. */
export function previewWorld(
  context: ActionContext,
  tools: ClusterTools,
  { farewell, tell, repositoryId, pullRequest }: AskedPullRequests,
  { shared, ...options }: Omit<TendOptions, 'who'> & Pick<PreviewWorld, 'shared'>,
): PreviewWorld {
  const { clock, log, signal } = context;
  const who = whoRuns(context);
  const common = { kubernetes: tools.kubernetes, serverTime: () => tools.kubernetes.serverTime(), clock, log, signal };
  return {
    ...common,
    repositoryId,
    pullRequest,
    shared,
    takeDown: async (wanted) => {
      let deploymentEnded = false;
      const taken = async (preview: Preview, why: string, place: string | undefined): Promise<void> => {
        deploymentEnded = await farewell(preview, why, place);
      };
      const { preview } = wanted;
      const receipt = await tools.inNamespace(preview.namespace, (own) => takeDown(wanted, { ...common, ...own, who, farewell: taken }));
      if (receipt.status === 'gone' || receipt.status === 'stuck') await tell(preview, receipt, deploymentEnded);
      return receipt;
    },
    tend: (preview, clocks) =>
      tools.inNamespace(preview.namespace, (own) => tend(preview, clocks, { ...options, who }, { ...common, ...own })),
  };
}

import type { Log } from '../../interfaces/log.ts';
import { type PreviewWorld, type TendOptions, tend } from '../../janitor/index.ts';
import { takeDown } from '../../preview/gone/index.ts';
import type { Preview } from '../../preview/model/index.ts';
import { noteVisits, readVisits, type Visits } from '../../preview/visits/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { UndiciHttp } from '../../tools/http.ts';
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
  const { kubernetes } = tools;
  let visits: Promise<Visits> | undefined;
  const common = { kubernetes, serverTime: () => kubernetes.serverTime(), clock, log, signal };
  return {
    ...common,
    repositoryId,
    pullRequest,
    shared,
    visited: async (preview, clocks) => {
      visits ??= told(readVisits({ kubernetes, http: new UndiciHttp(), signal }), log);
      const looked = { clocks, dryRun: options.dryRun, visits: await visits };
      return await tools.inNamespace(preview.namespace, (own) => noteVisits(preview, looked, own.kubernetes));
    },
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

/** Says once what visits are known by, and what is not known. */
async function told(reading: Promise<Visits>, log: Log): Promise<Visits> {
  const visits = await reading;
  const { read, unread } = visits;
  if (read.length > 0) log.info(`Visits of previews are counted by ${read.join(', ')}`);
  if (unread.length > 0) log.info(`Visits that are not counted: ${unread.join('; ')}`);
  return visits;
}

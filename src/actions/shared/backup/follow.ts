import { followRecords } from '../../../backup/index.ts';
import type { Kubernetes } from '../../../interfaces/kubernetes.ts';
import { messageOf } from '../../../interfaces/values.ts';
import type { ActionContext } from '../../../runtime/action.ts';
import { scheduleName } from './schedule.ts';

/** After a run that may have left other records: the CronJob of the app's backups takes those up from now on. Fails nothing. */
export async function haveBackupsFollow({ log }: ActionContext, kubernetes: Kubernetes, release: string): Promise<void> {
  const cronJob = scheduleName(release);
  try {
    if (await followRecords(kubernetes, release, cronJob)) log.info(`CronJob ${cronJob} takes up what Helm has recorded now`);
  } catch (error) {
    log.warning(`CronJob ${cronJob} still takes up older records of Helm: ${messageOf(error)}`);
  }
}

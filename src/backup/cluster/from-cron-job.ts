import { randomBytes } from 'node:crypto';
import { JOB } from '../../deploy/kube/names.ts';
import { ConfigurationError, DeployError } from '../../interfaces/errors.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { fieldAt, isMap } from '../../interfaces/values.ts';
import { CRON_JOB } from './cron-job.ts';
import { endOfJob, type JobResult, type JobTools, lastLine, ownedBy } from './run-job.ts';

const LIMIT_MS = 2 * 3_600_000;

/** Takes a backup now as the CronJob does, by its own template and keys, and waits for it. Returns what it reports. */
export async function backupNow(release: string, cronJob: string, tools: JobTools): Promise<NonNullable<JobResult['report']>> {
  const { kubernetes, log } = tools;
  const found = await kubernetes.get({ ...CRON_JOB, name: cronJob });
  const template = fieldAt(found, 'spec', 'jobTemplate');
  if (!found || !isMap(template) || !isMap(template.spec)) {
    throw new ConfigurationError(`Input "backup" is "before", and there is no CronJob ${cronJob} whose backups could be taken`, {
      hint: 'Install it: the action backup with "schedule".',
    });
  }
  const name = `${cronJob}-${randomBytes(3).toString('hex')}`;
  const labels = fieldAt(template, 'metadata', 'labels') as Record<string, string> | undefined;
  const object: KubernetesObject = { ...JOB, metadata: { name, ...(labels && { labels }) }, spec: template.spec };
  await kubernetes.create(ownedBy(object, found));
  log.info(`Job ${name} takes a backup before anything is touched`);
  const seconds = Number(template.spec.activeDeadlineSeconds);
  const { succeeded, report, words } = await endOfJob(name, Number.isSafeInteger(seconds) ? seconds * 1000 : LIMIT_MS, tools);
  if (succeeded && report !== undefined) return report;
  throw new DeployError(
    'backup-failed',
    `The backup of "${release}" before its deploy failed, and nothing was touched: ${lastLine(words)}`,
  );
}

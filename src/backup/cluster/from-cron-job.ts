import { randomBytes } from 'node:crypto';
import { JOB } from '../../deploy/kube/names.ts';
import { ConfigurationError, DeployError } from '../../interfaces/errors.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { fieldAt, isMap } from '../../interfaces/values.ts';
import { CRON_JOB } from './cron-job.ts';
import { followRecords } from './recovery-point.ts';
import { endOfJob, type JobResult, type JobTools, lastLine, ownedBy } from './run-job.ts';

const LIMIT_MS = 2 * 3_600_000;

/**
 * Takes a backup now as the CronJob does, by its own template and keys, and waits for it. Returns what it reports; undefined where it is
 * `optional` and there is no such CronJob.
 */
export async function backupNow(
  { release, cronJob, optional }: { release: string; cronJob: string; optional: boolean },
  tools: JobTools,
): Promise<JobResult['report']> {
  const { kubernetes, log } = tools;
  // A deploy by hand, or an earlier version of this product, may have left it at older records.
  await followRecords(kubernetes, release, cronJob);
  const found = await kubernetes.get({ ...CRON_JOB, name: cronJob });
  const template = fieldAt(found, 'spec', 'jobTemplate');
  if (!found && optional) return undefined;
  if (!found || !isMap(template) || !isMap(template.spec)) {
    throw new ConfigurationError(`Input "backup" asks for a backup, and there is no CronJob ${cronJob} to take it`, {
      hint: 'Install it: the action backup with "schedule". Or set backup: off.',
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

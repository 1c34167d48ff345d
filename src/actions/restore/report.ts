import { adviceOf, type JobResult, lastLine } from '../../backup/index.ts';
import { DeployError } from '../../interfaces/errors.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { durationText } from '../../runtime/duration.ts';
import { writeBackupReport } from '../shared/backup/report.ts';
import type { RestoreInputs } from './inputs.ts';

export type Report = NonNullable<JobResult['report']>;

/** What a Job has reported; its last words are the error where it did not get so far. */
export function reportOf({ app, mode }: Pick<RestoreInputs, 'app' | 'mode'>, { report, words }: JobResult): Report {
  if (report !== undefined) return report;
  const isRefused = /goes into a new database only|is the server that was dumped|Nobody can tell whether|cannot take it/.test(words);
  const message = `The ${mode} of "${app.release}" failed: ${lastLine(words)}`;
  throw new DeployError(isRefused ? 'restore-refused' : 'backup-failed', message, { hint: adviceOf(words) });
}

export const secondsOf = (report: Report): Record<string, number> => report.seconds as Record<string, number>;
export const total = (seconds: Record<string, number>): number => Object.values(seconds).reduce((sum, each) => sum + each, 0);
const differencesOf = ({ differences }: Report): string[] => (Array.isArray(differences) ? differences.map(String) : []);

/** Outputs, summary and report file of what was restored. `seconds`: of all phases; `more`: lines that follow. */
export async function tellRestored(
  context: ActionContext,
  seen: Report,
  { seconds, more = [], extra = {} }: { seconds: Record<string, number>; more?: readonly string[]; extra?: object },
): Promise<void> {
  const rto = total(seconds);
  await writeBackupReport(context, { ...seen, ...extra, rto, seconds });
  context.setOutput('backup', String(seen.backup));
  context.setOutput('database', String(seen.database ?? ''));
  context.setOutput('equal', String(seen.equal));
  context.setOutput('rpo-seconds', String(seen.rpo));
  context.setOutput('rto-seconds', String(rto));
  const isEqual = seen.equal === true;
  context.summary.heading(2, `Backup ${seen.backup} ${isEqual ? 'came back as it was' : 'did not come back as it was'}`);
  context.summary.list([
    ...differencesOf(seen),
    ...more,
    `recovery point: ${durationText(Number(seen.rpo) * 1000)} old`,
    `recovery time: ${durationText(rto * 1000)}`,
  ]);
  const long = Object.entries(seconds).filter(([, took]) => took > 0);
  if (long.length > 0)
    context.summary.table(
      ['Phase', 'Took'],
      long.map(([phase, took]) => [phase, durationText(took * 1000)]),
    );
}

/** Throws where anything differs. */
export function requireSame(seen: Report, succeeded: boolean): void {
  if (seen.equal === true && succeeded) return;
  const differences = differencesOf(seen).join('; ');
  throw new DeployError('restore-unequal', `The restored database differs from backup ${seen.backup}: ${differences}`);
}

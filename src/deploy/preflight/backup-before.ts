import { ConfigurationError } from '../../interfaces/errors.ts';
import { step } from '../run/phase.ts';
import type { DeployRun, Plan } from '../run/run.ts';
import { migrationsOf, newOf } from '../state/migrations.ts';
import type { Migration } from '../state/model.ts';

/** Takes a backup where the user wants one of this deploy. Returns the plan that says so to the journal. Errors: those of the backup. */
export async function backUpBefore(run: DeployRun, plan: Plan): Promise<Plan> {
  const why = whyBackup(run.options.backup, plan);
  if (why === undefined) return plan;
  const { takeBackup } = run;
  if (!takeBackup) throw new ConfigurationError('Nothing can take a backup here', { hint: 'Leave the input "backup" out.' });
  const backup = await step(run, 'preflight', `Take a backup before anything is touched: ${why}`, async (record) => {
    // Nothing has served yet: who installs the backups with the app has none at its first deploy.
    const taken = await takeBackup({ optional: plan.firstDeploy && !plan.plain, signal: run.signal });
    record.note = taken?.id ?? 'none: the first deploy, and no backups are set up yet';
    return taken;
  });
  run.signal.throwIfAborted();
  if (!backup) return plan;
  run.report.notes.push(`Backup ${backup.id} was taken before anything was touched: ${why}`);
  return { ...plan, backup };
}

/** Pure: why this deploy takes a backup; undefined where it takes none. */
export function whyBackup(wanted: DeployRun['options']['backup'], { split, serving }: Pick<Plan, 'split' | 'serving'>): string | undefined {
  if (wanted === 'before') return 'every deploy does';
  if (wanted !== 'before-migration') return undefined;
  const brought = newOf(migrationsOf(split), serving);
  return brought.length === 0 ? undefined : `this version brings ${brought.map(nameOf).join(', ')}`;
}

const nameOf = ({ name }: Migration): string => `Job/${name}`;

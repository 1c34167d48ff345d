import { closeScratch, DRILL_LABEL, type Drill, drillIn, isOver } from '../../backup/index.ts';
import { NAMESPACE } from '../../deploy/kube/names.ts';
import { messageOf } from '../../interfaces/values.ts';
import { readClocks } from '../world/clocks.ts';
import { emptyReport, type Report, type World } from '../world/model.ts';

export interface DrillOptions {
  cap: number;
  dryRun: boolean;
}

/**
 * Takes away the namespaces that killed drills have left, of any app of the cluster, at most `cap`: where name, label and annotations say the
 * same, and the time that the drill gave itself is over by every clock. The next drill of an app does so as well; of an app that has none any
 * more, nobody else would.
 */
export async function sweepDrills(world: World, { cap, dryRun }: DrillOptions): Promise<Report> {
  const report = emptyReport();
  const { items } = await world.kubernetes.list(NAMESPACE, { labelSelector: DRILL_LABEL });
  for (const item of items) {
    world.signal.throwIfAborted();
    const drill = drillIn({ ...item, ...NAMESPACE });
    const what = `Namespace/${item.metadata.name}`;
    if (drill === undefined) report.kept.push({ what, why: 'its name, label and annotations are not those of a drill' });
    else if (!isOver(drill, await readClocks(world))) report.kept.push({ what, why: `${whose(drill)} may be under way` });
    else if (report.removed.length + report.stuck.length >= cap)
      report.kept.push({ what, why: 'waits for the next run: "cap" is reached' });
    else if (dryRun) report.removed.push({ what, why: `${whose(drill)} is over` });
    else await close(world, drill, what, report);
  }
  return report;
}

const whose = ({ of, endsAt }: Drill): string =>
  `the drill of "${of.release}" in "${of.namespace}", which was to end at ${new Date(endsAt).toISOString()},`;

async function close(world: World, drill: Drill, what: string, report: Report): Promise<void> {
  try {
    await closeScratch(drill, world);
    report.removed.push({ what, why: `${whose(drill)} is over` });
  } catch (error) {
    world.signal.throwIfAborted();
    report.stuck.push({ what, why: messageOf(error) });
  }
}

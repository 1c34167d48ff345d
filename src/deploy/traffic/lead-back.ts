import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import { colorServiceName } from '../../split/index.ts';
import type { Color } from '../../split/model.ts';
import { SERVICE } from '../kube/names.ts';
import type { Plan, Run } from '../run/run.ts';
import type { ServiceMove } from '../state/model.ts';
import { completeSwitch } from './selectors.ts';

/**
 * A stable Service that was deleted is made anew without a selector: users are led to the version that served at once, whatever becomes of
 * the one that is deployed.
 */
export async function leadBack(run: Pick<Run, 'kubernetes' | 'clock' | 'log'>, plan: Plan): Promise<void> {
  const { active, serving } = plan;
  if (active === undefined || plan.unserved) return;
  const found = await Promise.all((serving?.services ?? []).map((name) => lostMove(run.kubernetes, name, active)));
  const moves = found.filter((move) => move !== undefined);
  if (moves.length === 0) return;
  await completeSwitch(moves, run);
  run.log.info(`${moves.map(({ name }) => `Service ${name}`).join(', ')} selected nothing: users are led to ${active} again`);
}

/** Where a Service that selects nothing is to lead: as its color Service does. */
async function lostMove(kubernetes: Kubernetes, name: string, active: Color): Promise<ServiceMove | undefined> {
  const service = await kubernetes.get({ ...SERVICE, name });
  if (service === undefined || Object.keys(service.spec?.selector ?? {}).length > 0) return undefined;
  const to = (await kubernetes.get({ ...SERVICE, name: colorServiceName(name, active) }))?.spec?.selector;
  return to && { name, from: null, to };
}

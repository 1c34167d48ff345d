import { podLabelsOf } from '../../split/kinds/pods.ts';
import type { Color } from '../../split/model.ts';
import { plainJobsEnded } from '../color/jobs.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { colorWorkloads } from '../kube/live.ts';
import { SERVICE, selects } from '../kube/names.ts';
import type { AppContext } from '../run/run.ts';
import type { PlainApp, PlainObject } from '../state/plain.ts';
import { keeps, RELEASE_NAME } from './marks.ts';
import { HASH } from './pins.ts';

/**
 * The plain workloads are deleted, and what goes with them: `color` serves instead. Read again before each: what a Service leads to, or what is
 * no longer the app's, stays. Errors: `StepFailure` (state-unclear).
 */
export async function retirePlain(run: AppContext & { readonly signal?: AbortSignal }, plain: PlainApp, color: Color): Promise<void> {
  await plainJobsEnded(run, plain, { limitMs: run.options.timeoutMs, signal: run.signal, fate: 'deleted with what made it' });
  // Autoscalers and budgets first: they would act on what goes.
  for (const object of plain.others) await remove(run, object);
  for (const workload of plain.workloads) {
    await requireUnused(run, workload, plain, color);
    await remove(run, workload);
  }
}

async function requireUnused({ kubernetes, options }: AppContext, object: PlainObject, plain: PlainApp, color: Color): Promise<void> {
  const [live, { items: services }, workloads] = await Promise.all([
    kubernetes.get(object),
    kubernetes.list(SERVICE),
    colorWorkloads(kubernetes, options.release, color),
  ]);
  if (!live) return;
  const hashes = new Set(plain.services.flatMap(({ pinned }) => pinned[HASH] ?? []));
  const old = [...hashes, ''].map((hash) => ({ ...podLabelsOf(live), [HASH]: hash }));
  const now = [...workloads.values()].map(podLabelsOf);
  // A Service that both colors share leads to the new pods as well.
  const leading = services.filter(
    ({ spec }) => old.some((labels) => selects(spec?.selector, labels)) && !now.some((labels) => selects(spec?.selector, labels)),
  );
  if (leading.length === 0) return;
  const names = leading.map(({ metadata }) => `Service ${metadata.name}`).join(', ');
  throw new StepFailure('state-unclear', `${object.kind}/${object.name} of plain Helm is not touched: ${names} selects its pods`, {
    hint: 'Someone changed a selector meanwhile. Check which pods serve: kubectl get services -o wide',
  });
}

async function remove({ kubernetes, options, log }: AppContext, object: PlainObject): Promise<void> {
  const live = await kubernetes.get(object);
  if (live?.metadata.annotations?.[RELEASE_NAME] !== options.release) return;
  if (object.keptBefore && keeps(live)) {
    log.warning(`${object.kind}/${object.name} is marked to be kept by its own chart: it stays`);
    return;
  }
  await kubernetes.delete(object, { uid: live.metadata.uid });
  log.info(`${object.kind}/${object.name} of plain Helm is deleted`);
}

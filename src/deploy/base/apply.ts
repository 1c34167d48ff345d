import type { ServicePort, SplitResult } from '../../split/model.ts';
import { helmFailure } from '../diagnosis/helm-errors.ts';
import { SERVICE } from '../kube/names.ts';
import type { AppContext, Plan, Run } from '../run/run.ts';
import type { Deployed } from '../state/journal.ts';
import { expandPart } from './expand.ts';
import { replaceFinishedJobs } from './jobs.ts';

/** Whether anything of a deploy's base has to be applied. */
export const baseChanged = (serving: Deployed | undefined, split: SplitResult): boolean =>
  serving?.baseHash !== split.baseHash || split.hooks.some((hook) => hook.part === 'base');

/** The base's last revision that works: what a failed deploy rolls back to. undefined before a first success. */
export async function baseRevision(run: Pick<Run, 'helm' | 'options'>): Promise<number | undefined> {
  const history = await run.helm.history(run.options.release);
  return history.filter((release) => release.status === 'deployed').at(-1)?.revision;
}

/** The base's part chart with its pre hooks. Errors: `StepFailure`. */
export async function expandBase(run: Run, plan: Plan): Promise<AppliedBase> {
  const { helm, kubernetes, options, log } = run;
  const recorded = await helm.recordedPart(options.release);
  await replaceFinishedJobs(run, plan, recorded?.part);
  const { part, deferred } = expandPart(plan.split.base, recorded?.part, plan.active ? await livePorts(run, plan) : new Map());
  for (const change of deferred) log.info(`Deferred until the old version has no traffic: ${change}`);
  try {
    const applied = await helm.apply({ ...baseApply(run, plan), part });
    return { revision: applied.revision, deferred };
  } catch (error) {
    run.signal.throwIfAborted();
    const hooks = plan.split.hooks.filter((hook) => hook.part === 'base' && hook.event !== 'test');
    throw await helmFailure(error, 'the base', hooks, kubernetes);
  }
}

/** The base as it was applied. */
export interface AppliedBase {
  revision: number;
  /** What is left for `contractBase`, as text. */
  deferred: readonly string[];
}

const baseApply = ({ options, signal }: Run, plan: Plan) => ({
  release: options.release,
  part: plan.split.base,
  values: plan.values,
  description: `todo-deploy: base of ${options.version}, shared by both colors`,
  timeoutMs: options.timeoutMs,
  signal,
});

/** Applies what waited for the old color: removed objects go. Without hooks: they ran with the expansion. Returns the base's revision. */
export async function contractBase(run: Run, plan: Plan): Promise<number> {
  return (await run.helm.apply({ ...baseApply(run, plan), noHooks: true })).revision;
}

async function livePorts({ kubernetes }: Run, plan: Plan): Promise<Map<string, ServicePort[]>> {
  const live = await Promise.all(plan.split.services.map(({ name }) => kubernetes.get({ ...SERVICE, name })));
  return new Map(live.flatMap((service) => (service ? [[service.metadata.name, service.spec?.ports ?? []] as const] : [])));
}

/** Undoes an expansion: rolls back to the revision before it, without hooks. Never on a first deploy. */
export async function rollBackBase(run: Pick<AppContext, 'helm' | 'options' | 'log'>, revision: number | undefined): Promise<void> {
  if (revision === undefined) return;
  const { release, timeoutMs } = run.options;
  const latest = (await run.helm.history(release)).at(-1);
  if (latest === undefined || latest.revision === revision) return;
  run.log.info(`Rolling the base back to revision ${revision}`);
  await run.helm.rollback({ release, revision, timeoutMs, noHooks: true });
}

import type { ServicePort, SplitResult } from '../../split/model.ts';
import { helmFailure } from '../diagnosis/helm-errors.ts';
import { SERVICE } from '../kube/names.ts';
import type { Plan, Run } from '../run/run.ts';
import type { Deployed } from '../state/journal.ts';
import { expandPart } from './expand.ts';
import { replaceFinishedJobs } from './jobs.ts';

/** Whether anything of a deploy's base has to be applied. */
export const baseChanged = (serving: Deployed | undefined, split: SplitResult): boolean =>
  serving?.baseHash !== split.baseHash || split.hooks.some((hook) => hook.part === 'base');

/** The base's last revision that works: what a failed deploy goes back to. undefined before a first success. */
export async function baseRevision(run: Pick<Run, 'helm' | 'options'>): Promise<number | undefined> {
  const history = await run.helm.history(run.options.release);
  return history.filter((release) => release.status === 'deployed').at(-1)?.revision;
}

/** The base's part chart with its pre hooks. What of it waits is recorded with it, for whoever contracts it. Errors: `StepFailure`. */
export async function expandBase(run: Run, plan: Plan): Promise<AppliedBase> {
  const { helm, kubernetes, options, log, signal } = run;
  const { split, values, active, plain } = plan;
  // A plain release holds templates, not objects.
  const before = plain?.before ?? (await helm.recordedPart(options.release))?.part;
  await replaceFinishedJobs(run, plan, before);
  const record = { version: options.version, hash: split.baseHash };
  // Where nothing serves yet, nothing has to wait.
  const { part, deferred } =
    active || plain
      ? expandPart(split.base, before, await livePorts(run, plan), record)
      : expandPart(split.base, undefined, new Map(), record);
  for (const change of deferred) log.info(`Deferred until the old version has no traffic: ${change}`);
  try {
    const description = `todo-deploy: base of ${options.version}, shared by both colors`;
    const applied = await helm.apply({ release: options.release, part, values, description, timeoutMs: options.timeoutMs, signal });
    return { revision: applied.revision, deferred };
  } catch (error) {
    signal.throwIfAborted();
    const hooks = split.hooks.filter((hook) => hook.part === 'base' && hook.event !== 'test');
    throw await helmFailure(error, 'the base', hooks, kubernetes);
  }
}

/** The base as it was applied. */
export interface AppliedBase {
  revision: number;
  /** What is left for `contractBase`, as text. */
  deferred: readonly string[];
}

async function livePorts({ kubernetes }: Run, plan: Plan): Promise<Map<string, ServicePort[]>> {
  const live = await Promise.all(plan.split.services.map(({ name }) => kubernetes.get({ ...SERVICE, name })));
  return new Map(live.flatMap((service) => (service ? [[service.metadata.name, service.spec?.ports ?? []] as const] : [])));
}

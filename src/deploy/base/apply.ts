import type { HelmRelease, PartChart } from '../../interfaces/helm.ts';
import { podLabelsOf } from '../../split/kinds/pods.ts';
import { waveRuleOf } from '../../split/kinds/waves.ts';
import type { SplitResult } from '../../split/model.ts';
import { advanced, type Waiting, withBaseRecord } from '../../split/part/base-record.ts';
import { helmFailure } from '../diagnosis/helm-errors.ts';
import { whileHooksRun } from '../diagnosis/running-hooks.ts';
import { stableServices } from '../kube/live.ts';
import { SERVICE } from '../kube/names.ts';
import type { Plan, Run } from '../run/run.ts';
import { basesLost } from '../state/base-entries.ts';
import type { Deployed } from '../state/model.ts';
import { type Expansion, expandPart } from './expand.ts';
import { replaceFinishedJobs } from './jobs.ts';
import { removeLeftovers } from './leftovers.ts';
import { livingPart } from './living-part.ts';
import { foreignPolicies, ownPart } from './recorded.ts';
import { givenBack, pinServices, runningPods } from './services.ts';

/** Whether anything of a deploy's base has to be applied. */
export const baseChanged = (serving: Deployed | undefined, split: SplitResult): boolean =>
  serving?.baseHash !== split.baseHash || split.hooks.some((hook) => hook.part === 'base');

/**
 * The base's revision that what serves was deployed with: what a failed deploy goes back to. Which one, the journal records; by Helm's
 * statuses alone it cannot be told, since a change that did not end leaves none that is `deployed`. undefined before a first success.
 */
export async function baseRevision({ helm, options }: Pick<Run, 'helm' | 'options'>, plan: Plan): Promise<number | undefined> {
  return revisionOf(await helm.history(options.release), plan);
}

function revisionOf(history: readonly HelmRelease[], { serving, plain }: Plan): number | undefined {
  const recorded = plain ? undefined : history.find(({ revision }) => revision === serving?.baseRevision);
  return (recorded ?? history.filter(({ status }) => status === 'deployed').at(-1))?.revision;
}

/** The base as it was applied. */
export interface AppliedBase {
  revision: number;
  /** What of it is left: for the switch, and for when the old color is gone. */
  waiting: readonly Waiting[];
}

/** The base's part chart with its pre hooks. What of it waits is recorded with it, for whoever contracts it. Errors: `StepFailure`. */
export async function expandBase(run: Run, plan: Plan): Promise<AppliedBase> {
  // Somebody has uninstalled it.
  if ((await run.helm.history(run.options.release)).length === 0) await forgetBases(run, 1);
  const before = await partBefore(run, plan);
  await replaceFinishedJobs(run, plan, before);
  if (plan.active) await pinServices(run, plan.split, before);
  const { part, waiting } = await expansionOf(run, plan);
  for (const { wave, text } of waiting) run.log.info(`${WHEN[wave]}: ${text}`);
  const revision = await applyBase(run, plan, part, {});
  await forgetBases(run, revision);
  await removeLeftovers(run, run.options.release, part);
  return { revision, waiting };
}

/** Before a revision is made, or after it, of a number that the history knows already: it is another base's. */
async function forgetBases({ journal }: Pick<Run, 'journal'>, revision: number): Promise<void> {
  if (journal.journal.history.some(({ baseRevision }) => baseRevision >= revision)) await journal.update(basesLost);
}

/** The base of what serves, as it lives. A plain release holds templates, not objects. */
async function partBefore(run: Pick<Run, 'helm' | 'kubernetes' | 'options'>, plan: Plan): Promise<PartChart | undefined> {
  if (plan.plain) return plan.plain.before;
  const history = await run.helm.history(run.options.release);
  const revision = revisionOf(history, plan);
  if (revision === undefined) return undefined;
  const later = history.map((one) => one.revision).filter((one) => one > revision);
  return livingPart(run, { revision, later }, plan.split.baseObjects);
}

/** When a change is due, for people. */
const WHEN = { switch: 'With the switch', end: 'When the old version is gone' } as const;

/** What a version's base is until the switch, by what was recorded last. Nothing is changed. */
export async function expansionOf(run: Pick<Run, 'helm' | 'kubernetes' | 'options'>, plan: Plan): Promise<Expansion> {
  const { split, active, plain } = plan;
  const record = { version: run.options.version, hash: split.baseHash };
  // Where nothing serves yet, nothing has to wait.
  if (!active && !plain) return { part: withBaseRecord(split.base, record), waiting: [] };
  const [before, { items }, running] = await Promise.all([
    partBefore(run, plan),
    run.kubernetes.list(SERVICE),
    runningPods(run.kubernetes, run.options.release),
  ]);
  const stable = stableServices(items, run.options.release);
  const switched = new Set([...split.services, ...stable].map(({ name }) => name));
  const objects = [...split.baseObjects, ...split.colorObjects];
  const around = {
    pods: [...objects.map(podLabelsOf), ...running].filter((labels) => Object.keys(labels).length > 0),
    foreign: objects.some((object) => waveRuleOf(object) === 'policy') ? await foreignPolicies(run) : [],
    ports: new Map(items.flatMap(({ metadata: { name }, spec }) => (switched.has(name) ? [[name, spec?.ports ?? []] as const] : []))),
    givenBack: new Set((await givenBack(run, split)).map(({ name }) => name)),
  };
  return expandPart(split.base, before, around, record);
}

/**
 * With the switch: front doors, and configuration that is read by name. A base that was left until then comes as a whole. Returns the base
 * as it is then. Errors: `StepFailure`.
 */
export async function moveBase(run: Run, plan: Plan, applied: AppliedBase): Promise<AppliedBase> {
  const left = plan.base === 'last' ? await expansionOf(run, plan) : undefined;
  const waiting = left?.waiting ?? applied.waiting;
  if (!left && !waiting.some(({ wave }) => wave === 'switch')) return applied;
  const expanded = left?.part ?? ownPart(await run.helm.recordedPart(run.options.release, applied.revision))?.part;
  if (!expanded) return applied;
  const part = advanced(expanded, 'switch', { expanded: applied.revision });
  const revision = await applyBase(run, plan, part, { noHooks: true });
  return { revision, waiting: waiting.filter(({ wave }) => wave === 'end') };
}

async function applyBase(run: Run, plan: Plan, part: SplitResult['base'], { noHooks }: { noHooks?: boolean }): Promise<number> {
  const { helm, kubernetes, options, signal } = run;
  const { release, timeoutMs, version } = options;
  const hooks = noHooks ? [] : plan.split.hooks.filter((hook) => hook.part === 'base' && hook.event !== 'test');
  try {
    const description = `todo-deploy: base of ${version}, shared by both colors`;
    const apply = { release, part, values: plan.values, description, timeoutMs, noHooks };
    return (await whileHooksRun(hooks, run, timeoutMs, (watched) => helm.apply({ ...apply, signal: watched }))).revision;
  } catch (error) {
    signal.throwIfAborted();
    throw await helmFailure(error, 'the base', hooks, kubernetes);
  }
}

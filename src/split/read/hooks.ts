import type { HelmHook } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { coloredName } from '../kinds/colored.ts';
import { kindOf } from '../kinds/objects.ts';
import { runsOnce } from '../kinds/rows.ts';
import type { PlannedHook } from '../model.ts';

export const HOOK_ANNOTATION = 'helm.sh/hook';
const HOOK_WEIGHT = 'helm.sh/hook-weight';
const HOOK_DELETE_POLICY = 'helm.sh/hook-delete-policy';
const WHEN_FAILED = 'hook-failed';
const BEFORE_NEXT = 'before-hook-creation';

/** A hook's object, as rendered, with what Helm read from it. */
export interface Hook {
  object: KubernetesObject;
  events: readonly string[];
  weight: number;
  deletePolicies: readonly string[];
}

export interface PartHook {
  hook: Hook;
  /** The app's events that fire it now. */
  firing: string[];
  /** What its annotation says in the part: a part's release may be at its first revision when the app is not, or the reverse. */
  annotation: string;
  /** Pods ask for it by the name that its chart gives it: it has no color's. */
  keepsName?: true;
}

/**
 * On the app's first deploy the install events fire, later the upgrade events. Pre hooks run with the base, post and test hooks with the
 * color; rollback hooks go along and fire only when a release is rolled back; delete events are left out.
 */
export function mapHooks(hooks: readonly Hook[], firstDeploy: boolean): { base: PartHook[]; color: PartHook[] } {
  const now = firstDeploy ? 'install' : 'upgrade';
  const part = (phase: 'pre' | 'post', extra: readonly string[]): PartHook[] =>
    hooks.flatMap((hook) => {
      const fires = hook.events.includes(`${phase}-${now}`);
      const others = [`${phase}-rollback`, ...extra].filter((event) => hook.events.includes(event));
      const events = [...(fires ? [`${phase}-install`, `${phase}-upgrade`] : []), ...others];
      const firing = [...(fires ? [`${phase}-${now}`] : []), ...others.filter((event) => event === 'test')];
      return events.length === 0 ? [] : [{ hook, firing, annotation: events.join(',') }];
    });
  return { base: part('pre', []), color: part('post', ['test']) };
}

/** Pure: whether Helm runs the object as a hook. */
export const isHook = ({ metadata }: Pick<KubernetesObject, 'metadata'>): boolean => metadata.annotations?.[HOOK_ANNOTATION] !== undefined;

/** Whether it runs after an install or upgrade, where pods may wait for it. */
export const isPostHook = (events: readonly string[]): boolean => events.some((event) => /^post-(install|upgrade)$/.test(event));

/** Writes what Helm has to see in the part, in place. */
export function annotateHook(object: KubernetesObject, part: PartHook, weight: number): void {
  const deletePolicies = policiesOf(part.hook);
  object.metadata.annotations = {
    ...object.metadata.annotations,
    [HOOK_ANNOTATION]: part.annotation,
    ...(weight === 0 && object.metadata.annotations?.[HOOK_WEIGHT] === undefined ? {} : { [HOOK_WEIGHT]: String(weight) }),
    ...(deletePolicies.length === 0 ? {} : { [HOOK_DELETE_POLICY]: deletePolicies.join(',') }),
  };
}

/** Whether the chart wants the hook removed when it fails. */
const removesFailed = ({ object, deletePolicies }: Hook): boolean =>
  deletePolicies.includes(WHEN_FAILED) && (runsOnce(object) || kindOf(object) === '/Pod');

/** Helm would remove a failed hook before anyone could read its log: the product does it instead, and the next run replaces what is left. */
function policiesOf(hook: Hook): readonly string[] {
  if (!removesFailed(hook)) return hook.deletePolicies;
  return [...new Set(hook.deletePolicies.map((policy) => (policy === WHEN_FAILED ? BEFORE_NEXT : policy)))];
}

const nameIn = ({ hook: { object }, keepsName }: PartHook, color?: string): string =>
  color === undefined || keepsName ? object.metadata.name : coloredName(kindOf(object), object.metadata.name, color);

/** Helm's order within one event: by weight, then by name. */
function inHelmsOrder<T extends { hook: Hook }>(hooks: readonly T[], name = (one: T) => one.hook.object.metadata.name): T[] {
  return hooks.toSorted((one, other) => one.hook.weight - other.hook.weight || compare(name(one), name(other)));
}

/**
 * Weights that keep Helm's order under the new names: the chart's own, unless a color's suffix would swap two of one weight (`a`, `a-c`);
 * then the places in the order. The same in both colors.
 */
export function weightsUnder(hooks: readonly PartHook[], colors: readonly string[]): Map<PartHook, number> {
  const wanted = inHelmsOrder(hooks);
  const kept = colors.every((color) => {
    const got = inHelmsOrder(hooks, (one) => nameIn(one, color));
    return wanted.every((one, index) => got[index] === one);
  });
  return new Map(wanted.map((one, index) => [one, kept ? one.hook.weight : index]));
}

/** The hooks that will run, event by event. */
export function hookPlan(part: 'base' | 'color', hooks: readonly PartHook[], color?: string): PlannedHook[] {
  const events = [...new Set(hooks.flatMap((one) => one.firing))].sort((one, other) => Number(one === 'test') - Number(other === 'test'));
  return events.flatMap((event) =>
    inHelmsOrder(hooks.filter((one) => one.firing.includes(event))).map((one) => ({
      part,
      event,
      object: `${one.hook.object.kind}/${nameIn(one, color)}`,
      removeFailed: removesFailed(one.hook) ? true : undefined,
    })),
  );
}

/** From Helm's record to objects: a hook that is a list is all of its items. */
export function readHooks(hooks: readonly HelmHook[], read: (hook: HelmHook) => readonly KubernetesObject[]): Hook[] {
  return hooks.flatMap((hook) =>
    read(hook).map((object) => ({
      object,
      events: hook.events.map((event) => (event === 'test-success' ? 'test' : event)),
      weight: hook.weight,
      deletePolicies: hook.deletePolicies,
    })),
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

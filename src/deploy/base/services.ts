import type { PartChart } from '../../interfaces/helm.ts';
import { isA, type KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Pod, Service } from '../../interfaces/objects.ts';
import { podLabelsOf } from '../../split/kinds/pods.ts';
import { COLOR_LABEL, COLORS, FIELD_MANAGER, type ServicePlan, type SplitResult } from '../../split/model.ts';
import { unpack } from '../../split/part/pack.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { colorWorkloads, isStable } from '../kube/live.ts';
import { POD, SERVICE, selectedColor, selects } from '../kube/names.ts';
import { isReady } from '../kube/pods.ts';
import type { Run } from '../run/run.ts';
import { isOf } from './leftovers.ts';

/** What tells the pods of one template from those of another, whoever owns them. */
const TEMPLATE_LABELS = ['pod-template-hash', 'controller-revision-hash'];

type Reader = Pick<Run, 'kubernetes' | 'options'>;
type Shared = Service & { spec: { selector: Record<string, string> } };

/**
 * Services that will lead to pods that both colors share, and must not be given to Helm yet: they lead to a color now, or are new, and would
 * lead to pods of a color as well, as long as those run. `applied`: the base is, so one without a selector is one of them.
 */
export async function givenBack(
  { kubernetes, options }: Reader,
  { services, baseObjects }: SplitResult,
  { applied = false } = {},
): Promise<ServicePlan[]> {
  const own = new Set(services.map(({ name }) => name));
  const shared = baseObjects.filter(
    (object): object is Shared => isA(object, SERVICE) && object.spec?.selector !== undefined && !own.has(object.metadata.name),
  );
  if (shared.length === 0) return [];
  const [{ items }, running] = await Promise.all([kubernetes.list(SERVICE), runningPods(kubernetes, options.release)]);
  const found = shared.filter(({ metadata: { name }, spec: { selector } }) => {
    const live = items.find(({ metadata }) => metadata.name === name);
    if (live && isStable(live, options.release)) return true;
    // Withheld with the base, whatever has become of those pods since.
    if (applied && live && !isLed(live)) return true;
    return !isLed(live) && running.some((labels) => selects(selector, labels));
  });
  return found.map(({ metadata: { name }, spec }) => ({ name, selector: spec.selector, ports: spec.ports ?? [], workloads: [] }));
}

/** Labels of the pods that colors run, whatever has left them there. */
export async function runningPods(kubernetes: Reader['kubernetes'], release: string): Promise<Readonly<Record<string, string>>[]> {
  const colors = await Promise.all(COLORS.map((color) => colorWorkloads(kubernetes, release, color)));
  const running = colors.flatMap((workloads) => [...workloads.values()]).filter(({ spec }) => spec?.replicas !== 0);
  return running.map(podLabelsOf);
}

/** Whether it leads somewhere, and not where we have pinned it. */
const isLed = (service: Service | undefined): boolean => {
  const keys = Object.keys(service?.spec?.selector ?? {});
  return keys.length > 0 && !keys.some((key) => TEMPLATE_LABELS.includes(key));
};

/** The same, leading to the shared pods alone: those of the color that is left bear the labels too, as long as they are there. */
export async function sharedRoutes(run: Reader, split: SplitResult): Promise<ServicePlan[]> {
  return pinned(run, await givenBack(run, split, { applied: true }));
}

/** Those of them that are new lead to the shared pods before the switch: the new version may call them while it is checked. */
export async function leadToShared(run: Reader, split: SplitResult): Promise<void> {
  const { kubernetes } = run;
  const given = await givenBack(run, split, { applied: true });
  const live = await Promise.all(given.map(({ name }) => kubernetes.get({ ...SERVICE, name })));
  const fresh = given.filter((_, index) => live[index] && Object.keys(live[index].spec?.selector ?? {}).length === 0);
  for (const { name, selector } of await pinned(run, fresh)) {
    // Without a pod to tell its template by, it would lead to those of the color.
    if (!TEMPLATE_LABELS.some((label) => label in selector)) continue;
    const metadata = { name, namespace: kubernetes.namespace };
    await kubernetes.apply({ ...SERVICE, metadata, spec: { selector } }, { fieldManager: FIELD_MANAGER, force: true });
  }
}

async function pinned(run: Reader, services: readonly ServicePlan[]): Promise<ServicePlan[]> {
  if (services.length === 0) return [];
  const pods = await sharedPods(run);
  return services.map((service) => ({ ...service, selector: pinnedTo(pods, service) }));
}

/**
 * What a Service selects to lead to the shared pods alone, which are there; undefined where none of them is ready. Errors: `StepFailure` where
 * they cannot be told apart.
 */
export async function sharedSelector(
  run: Pick<Reader, 'kubernetes'>,
  service: Pick<ServicePlan, 'name' | 'selector'>,
): Promise<Record<string, string> | undefined> {
  const pods = await sharedPods(run);
  return behind(service.selector, pods).length > 0 ? pinnedTo(pods, service) : undefined;
}

const sharedPods = async ({ kubernetes }: Pick<Reader, 'kubernetes'>): Promise<Pod[]> =>
  (await kubernetes.list(POD)).items.filter((pod) => pod.metadata.labels?.[COLOR_LABEL] === undefined);

const behind = (selector: Record<string, string>, pods: readonly Pod[]): Pod[] =>
  pods.filter((pod) => selects(selector, pod.metadata.labels) && isReady(pod));

const pinnedTo = (pods: readonly Pod[], { name, selector }: Pick<ServicePlan, 'name' | 'selector'>): Record<string, string> => ({
  ...selector,
  ...templateOf(name, behind(selector, pods)),
});

/** Pure: whether a Service that goes would lead to the new color's pods as well, as long as it is there. */
export const wouldLeadToColor = (service: KubernetesObject, pods: readonly Readonly<Record<string, string>>[]): boolean =>
  isA(service, SERVICE) && pods.some((labels) => labels[COLOR_LABEL] !== undefined && selects(service.spec?.selector, labels));

/**
 * Services that led to shared pods, and will lead to a color, or go while a color's pods bear the same labels: Helm lets go of their selectors
 * with the new base, so they are pinned to the pods that are behind them now, which the new color's pods are not. Those that no base knows any
 * more (`helm uninstall` while a run applied it) go as well. Errors: `StepFailure` where pods cannot be told apart.
 */
export async function pinServices({ kubernetes, log, options }: Run, split: SplitResult, before: PartChart | undefined): Promise<void> {
  const names = new Set(split.services.map(({ name }) => name));
  const stay = new Set(split.baseObjects.filter((object) => isA(object, SERVICE)).map(({ metadata }) => metadata.name));
  const colored = [...split.colorObjects.map(podLabelsOf), ...(await runningPods(kubernetes, options.release))];
  const recorded = (before ? unpack(before) : []).map(({ object }) => object).filter((object) => isA(object, SERVICE));
  const known = new Set([...stay, ...recorded.map(({ metadata }) => metadata.name)]);
  const forgotten = (await kubernetes.list(SERVICE)).items.filter(
    (live) => isOf(live, options.release, kubernetes.namespace) && !known.has(live.metadata.name),
  );
  const shared = [...recorded, ...forgotten].filter((object) => {
    const { name } = object.metadata;
    return names.has(name) || (!stay.has(name) && wouldLeadToColor(object, colored));
  });
  for (const object of shared) {
    const service = object.spec?.selector ? await kubernetes.get({ ...SERVICE, name: object.metadata.name }) : undefined;
    const selector = service?.spec?.selector;
    if (!service || !selector || selectedColor(selector)) continue;
    const { name, resourceVersion } = service.metadata;
    const pods = (await kubernetes.list(POD)).items.filter((pod) => selects(selector, pod.metadata.labels));
    // A color that a person woke may bear the labels, too.
    const own = pods.filter((pod) => pod.metadata.labels?.[COLOR_LABEL] === undefined);
    const pinned = { ...selector, ...templateOf(name, own.length > 0 ? own : pods) };
    const metadata = { name, namespace: kubernetes.namespace, resourceVersion };
    await kubernetes.apply({ ...SERVICE, metadata, spec: { selector: pinned } }, { fieldManager: FIELD_MANAGER, force: true });
    log.info(`Service ${name} stays with the pods that it has until ${names.has(name) ? 'the switch' : 'it goes'}`);
  }
}

function templateOf(service: string, pods: readonly Pod[]): Record<string, string> {
  if (pods.length === 0) return {};
  for (const label of TEMPLATE_LABELS) {
    const values = new Set(pods.map((pod) => pod.metadata.labels?.[label]));
    const [value] = values;
    if (values.size === 1 && value !== undefined) return { [label]: value };
  }
  throw new StepFailure('state-unclear', `The pods that Service ${service} leads to, or will lead to, are of different templates`, {
    hint: 'Wait until its rollout has ended, then deploy again.',
  });
}

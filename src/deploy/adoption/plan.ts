import type { PartChart } from '../../interfaces/helm.ts';
import { isA, type KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Pod, ReplicaSet, Service } from '../../interfaces/objects.ts';
import { workloadSpec } from '../../split/kinds/fields.ts';
import { kindOf } from '../../split/kinds/objects.ts';
import { podLabelsOf } from '../../split/kinds/pods.ts';
import { isScaled, ruleOf, scaledKind, workloadKind } from '../../split/kinds/rows.ts';
import type { Finding, SplitResult } from '../../split/model.ts';
import { pack } from '../../split/part/pack.ts';
import { SERVICE, selects } from '../kube/names.ts';
import type { PlainApp, PlainObject, PlainService, PlainWorkload } from '../state/plain.ts';
import { KEEP, keeps } from './marks.ts';
import { pinOf } from './pins.ts';
import { stagesOf } from './stages.ts';

/** A release as plain Helm recorded it. */
export interface PlainRelease {
  revision: number;
  status: string;
  /** `todo-1.2.0` */
  chart: string;
  /** Of its manifest, hooks aside. */
  objects: readonly KubernetesObject[];
}

/** What lives of it. */
export interface Live {
  services: readonly Service[];
  pods: readonly Pod[];
  replicaSets: readonly ReplicaSet[];
  /** Of what is left out of the base: those that exist. */
  old: readonly KubernetesObject[];
}

/** How a plain app is taken over. */
export interface Takeover {
  app: PlainApp;
  /** What the plain release holds of what both colors will share: it stays until the plain workloads are gone. */
  before: PartChart;
  /** What kubectl made, as Helm is to record it first. */
  claim?: PartChart | undefined;
}

/** Pure: what of the plain release is left out of the base: its workloads, and what goes with them. */
export function oldObjects({ objects }: Pick<PlainRelease, 'objects'>, split: SplitResult, namespace: string): KubernetesObject[] {
  const shared = new Set(split.baseObjects.map(keyOf));
  return objects.filter(
    (object) =>
      ['own', 'target', 'pods'].includes(ruleOf(object)) &&
      (object.metadata.namespace ?? namespace) === namespace &&
      !shared.has(keyOf(object)),
  );
}

/** Pure: what there is to take over, and what keeps it from being taken over. */
export function planTakeover(plain: PlainRelease, live: Live, split: SplitResult, namespace: string): Takeover & { refusals: Finding[] } {
  const left = oldObjects(plain, split, namespace);
  const leftKeys = new Set(left.map(keyOf));
  const services = servicesOf(plain, live, split, left);
  const workloads = live.old.flatMap((object) => workloadOf(object, plain, split, services) ?? []);
  const others = live.old.filter((object) => workloadKind(object) === undefined).map(refTo);
  const pins = services.map((service) => pinOf(service, live, left));
  const pinned = new Set(services.map(({ metadata }) => metadata.name));
  const stages = stagesOf(services, plain.objects);
  const staged = (pin: PlainService): PlainService => ({ ...pin, ...(stages.get(pin.name) && { stage: stages.get(pin.name) }) });
  const rest = plain.objects
    .filter((object) => !leftKeys.has(keyOf(object)))
    .map((object) => (isA(object, SERVICE) && pinned.has(object.metadata.name) ? withoutSelector(object) : object))
    .map((object) => named(object, split, namespace));
  return {
    app: {
      revision: plain.revision,
      version: `Helm revision ${plain.revision}`,
      workloads,
      others,
      services: pins.flatMap((pin) => ('pinned' in pin ? [staged(pin)] : [])),
    },
    before: pack(
      split.base.chart,
      rest.map((object) => ({ object, name: object.metadata.name })),
    ),
    refusals: pins.flatMap((pin) => ('message' in pin ? [pin] : [])),
  };
}

const keyOf = (object: KubernetesObject): string => `${kindOf(object)}/${object.metadata.name}`;

export function refTo(object: KubernetesObject): PlainObject {
  const { apiVersion, kind, metadata } = object;
  return { apiVersion, kind, name: metadata.name, ...(keeps(object) && { keptBefore: true }) };
}

/**
 * Live Services that have to be pinned: those that become stable, and those of the plain release that the chart no longer has and that would
 * take the new pods in.
 */
function servicesOf(plain: PlainRelease, { services }: Live, split: SplitResult, left: readonly KubernetesObject[]): Service[] {
  const stable = new Set(split.services.map(({ name }) => name));
  const kept = new Set(split.baseObjects.filter((object) => isA(object, SERVICE)).map(({ metadata }) => metadata.name));
  const before = new Set(plain.objects.filter((object) => isA(object, SERVICE)).map(({ metadata }) => metadata.name));
  const templates = [...left, ...split.colorObjects].map(podLabelsOf);
  return services.filter(({ metadata, spec }) => {
    if (!spec?.selector || Object.keys(spec.selector).length === 0) return false;
    if (stable.has(metadata.name)) return true;
    return before.has(metadata.name) && !kept.has(metadata.name) && templates.some((labels) => selects(spec.selector, labels));
  });
}

function workloadOf(
  object: KubernetesObject,
  plain: PlainRelease,
  split: SplitResult,
  services: readonly Service[],
): PlainWorkload | undefined {
  const kind = workloadKind(object);
  if (kind === undefined) return undefined;
  const { name } = object.metadata;
  const spec = workloadSpec(object);
  const planned = split.workloads.find((workload) => workload.kind === kind && workload.name === name);
  const served = services.some((service) => selects(service.spec?.selector, podLabelsOf(object)));
  const recorded = plain.objects.find((one) => keyOf(one) === keyOf(object));
  const asked = recorded && workloadSpec(recorded).replicas;
  return {
    ...refTo(object),
    replicas: isScaled(object) ? (spec.replicas ?? 1) : 0,
    ...(typeof asked === 'number' && { asked }),
    worker: planned?.worker ?? !served,
    ...((spec.suspend === true || spec.replicas === 0) && { suspended: true }),
  };
}

/** As the new base names it, with a namespace or without, and in its version of the API: an object must not look like another one. */
function named(object: KubernetesObject, { baseObjects }: SplitResult, namespace: string): KubernetesObject {
  const wanted = baseObjects.find((one) => keyOf(one) === keyOf(object) && (one.metadata.namespace ?? namespace) === namespace);
  if (!wanted || (object.metadata.namespace ?? namespace) !== namespace) return object;
  const { namespace: _, ...metadata } = object.metadata;
  const own = wanted.metadata.namespace;
  return { ...object, apiVersion: wanted.apiVersion, metadata: own === undefined ? metadata : { ...metadata, namespace: own } };
}

const withoutSelector = (service: Service): KubernetesObject => {
  const { selector: _, ...spec } = service.spec ?? {};
  return { ...service, spec };
};

/** Who moves after whom; nothing where all move at once. */
function orderText({ services }: PlainApp): string {
  const stages = Map.groupBy(services, ({ stage = 0 }) => stage);
  if (stages.size < 2) return '';
  const groups = [...stages].sort(([a], [b]) => a - b).map(([, group]) => group.map(({ name }) => name).join(', '));
  return `, those first that nobody else's pods call: ${groups.join('; then ')}`;
}

/** Pure: what a takeover does, a line a step, for people who look before they leap. */
export function takeoverLines({ app }: Takeover, color: string): string[] {
  const names = (objects: readonly PlainObject[]) => objects.map(({ kind, name }) => `${kind}/${name}`).join(', ');
  const pins = app.services.map(({ name, selector, pinned }) => {
    const [added] = Object.entries(pinned).filter(([key]) => selector[key] === undefined);
    return `Service/${name} is pinned to the pods that serve now${added ? ` (${added.join('=')})` : ''}`;
  });
  const running = app.workloads
    .filter((one) => scaledKind(one) !== undefined)
    .map(({ kind, name, replicas }) => `${kind}/${name}: ${replicas}`);
  const workers = app.workloads.filter(({ worker, suspended }) => worker && !suspended);
  return [
    ...(app.claimed?.length ? [`Made by kubectl, recorded by Helm as they are: ${names(app.claimed)}`] : []),
    `Helm is told to leave alone until ${color} serves (${KEEP}: keep): ${names([...app.workloads, ...app.others]) || 'nothing'}`,
    ...pins,
    `${color} comes up beside them, with what runs now (${running.join(', ') || 'nothing'})`,
    ...(workers.length > 0 ? [`Stopped at the switch: ${names(workers)}`] : []),
    `Services move from the plain pods to ${color}${orderText(app)}`,
    `After the bake and the drain the plain workloads and what goes with them are deleted`,
  ];
}

import { ConfigurationError } from '../../interfaces/errors.ts';
import type { PartChart } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { coloredName } from '../kinds/colored.ts';
import { serviceSpec } from '../kinds/fields.ts';
import { kindOf, titleOf } from '../kinds/objects.ts';
import { podTemplateOf } from '../kinds/pods.ts';
import { kindNamed, readyKind } from '../kinds/rows.ts';
import type { Color, PlannedHook, ServicePlan, SharedWorkload, SplitResult } from '../model.ts';
import { unpack, write } from '../part/pack.ts';
import { recordOf } from '../part/record.ts';
import { isHook } from '../read/hooks.ts';
import { imagesOf } from '../read/images.ts';
import type { Addresses } from '../render/host-aliases.ts';
import { nodeDoorsOf } from '../render/node-doors.ts';
import { colorService } from '../sort/services.ts';
import { pausedObjects } from '../sort/workers.ts';
import { recolor } from './recolor.ts';
import { rollbackEvents, withRollbackHooks } from './rollback-hooks.ts';

/** A version as the cluster recorded it. */
export interface Recorded {
  app: string;
  namespace: string;
  base: PartChart;
  color: PartChart;
  /** The color that `color` was made for. */
  from: Color;
  partHash: string;
  baseHash: string;
  url: string | undefined;
}

/**
 * What the split of that version made, for the color `to`, from its recorded parts alone: no chart, no render.
 * @throws ConfigurationError where the parts were recorded without what this needs.
 */
export function splitOfRecorded(recorded: Recorded, to: Color, addresses: Addresses): SplitResult {
  const { app, namespace, from, partHash, baseHash, url } = recorded;
  const record = recordOf(recorded.color);
  if (record === undefined) {
    throw new ConfigurationError('This version was deployed before rollbacks were supported: its release holds no record', {
      hint: 'Deploy its commit again, with allow-older: true.',
    });
  }
  const base = withPorts(withHooks(recorded.base), record.services);
  const color = withHooks(recolor(recorded.color, { app, namespace, from, to, addresses }));
  const baseObjects = unpack(base).map((file) => file.object);
  const colorObjects = unpack(color).map((file) => file.object);
  return {
    base,
    color,
    baseObjects,
    colorObjects,
    hooks: [...plannedHooks('base', baseObjects), ...plannedHooks('color', colorObjects)],
    services: record.services,
    colorServices: record.services.flatMap((plan) => colorServiceOf(plan, baseObjects, app, to)),
    workloads: record.workloads.map((workload) => ({
      ...workload,
      coloredName: coloredName(kindNamed(workload.kind).key, workload.name, to),
    })),
    paused: pausedObjects(colorObjects),
    shared: sharedOf(baseObjects, namespace),
    inPlace: [],
    colorless: record.workloads.length === 0 && !colorObjects.some(runsPods),
    url,
    nodeDoors: nodeDoorsOf(
      [...baseObjects, ...colorObjects].filter((object) => !isHook(object)),
      namespace,
    ),
    partHash,
    baseHash,
    images: [...colorObjects, ...baseObjects].filter((object) => podTemplateOf(object) !== undefined).flatMap(imagesOf),
    refusals: [],
    warnings: [],
    adapted: [],
  };
}

const withHooks = (part: PartChart): PartChart => ({ chart: part.chart, templates: write(withRollbackHooks(unpack(part))) });

/** The chart's ports: a base may have been recorded with those of the version before, which were live then. */
function withPorts(part: PartChart, services: readonly ServicePlan[]): PartChart {
  const files = unpack(part);
  for (const { object } of files) {
    const plan = kindOf(object) === '/Service' ? services.find((service) => service.name === object.metadata.name) : undefined;
    if (plan !== undefined) object.spec = { ...serviceSpec(object), ports: plan.ports };
  }
  return { chart: part.chart, templates: write(files) };
}

const plannedHooks = (part: 'base' | 'color', objects: readonly KubernetesObject[]): PlannedHook[] =>
  objects.flatMap((object) => rollbackEvents(object).map((event) => ({ part, event, object: titleOf(object) })));

function colorServiceOf(plan: ServicePlan, base: readonly KubernetesObject[], app: string, color: Color): KubernetesObject[] {
  const service = base.find((object) => kindOf(object) === '/Service' && object.metadata.name === plan.name);
  if (service === undefined) return [];
  return [colorService({ ...service, spec: { ...serviceSpec(service), selector: plan.selector } }, app, color)];
}

/** Hooks aside. */
const runsPods = (object: KubernetesObject): boolean => podTemplateOf(object) !== undefined && !isHook(object);

const sharedOf = (base: readonly KubernetesObject[], namespace: string): SharedWorkload[] =>
  base
    .filter((object) => rollbackEvents(object).length === 0 && (object.metadata.namespace ?? namespace) === namespace)
    .flatMap((object) => {
      const kind = readyKind(object);
      return kind === undefined ? [] : [{ kind, name: object.metadata.name }];
    });

import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { coloredName } from '../kinds/colored.ts';
import { clone, kindOf } from '../kinds/objects.ts';
import { isLongRunning, podLabelsOf, podTemplateOf } from '../kinds/pods.ts';
import { APP_LABEL, COLOR_LABEL, COLORS, type SplitInput, VERSION_ANNOTATION, type WorkloadPlan } from '../model.ts';
import type { PartObject } from '../part/pack.ts';
import { annotateHook, type PartHook, weightsUnder } from '../read/hooks.ts';
import type { Classified } from '../sort/classify.ts';
import { holdBack } from '../sort/workers.ts';
import { addHostAliases } from './host-aliases.ts';
import { colorCopy, type Paint, paint, paintHook } from './paint.ts';
import { allServiceVariables, readServiceConfig, serviceConfigName, takesServiceVariables } from './service-env.ts';

/** One rendering of the color part. */
export interface ColorRendering {
  input: SplitInput;
  classified: Classified;
  workloads: readonly WorkloadPlan[];
  hooks: readonly PartHook[];
  color: string;
  other: string;
  version: string;
  hash: string;
}

/** The color part's objects, in the render's order: configuration and workloads first, hooks last. */
export function renderColor(rendering: ColorRendering): PartObject[] {
  const { classified, input } = rendering;
  const toColor = new Set([...classified.own, ...classified.copied].map(nameKey));
  const workloadPaint = paintOf(rendering, toColor);
  const renamed = rendering.hooks.filter(({ keepsName }) => !keepsName).map((one) => nameKey(one.hook.object));
  const hookPaint = paintOf(rendering, new Set([...toColor, ...renamed]));
  const services = servicesConfig(rendering);

  const copies = classified.copied.map((object) => ({ name: object.metadata.name, object: colorCopy(object, workloadPaint) }));
  const own = classified.own.map((original) => {
    const object = clone(original);
    holdBack(object, rendering.workloads);
    paint(object, workloadPaint);
    closeStack(object, rendering, services);
    return { name: original.metadata.name, object };
  });
  const weights = weightsUnder(rendering.hooks, COLORS);
  const hooks = rendering.hooks.map((one) => {
    const object = clone(one.hook.object);
    annotateHook(object, one, weights.get(one) ?? 0);
    paintHook(object, hookPaint);
    closeStack(object, rendering, services);
    return { name: one.hook.object.metadata.name, object };
  });
  const config = services === undefined ? [] : [{ name: `${input.release}-services`, object: services }];
  return [...config, ...copies, ...own, ...hooks];
}

function nameKey(object: KubernetesObject): string {
  return `${kindOf(object)}/${object.metadata.name}`;
}

function paintOf(rendering: ColorRendering, names: ReadonlySet<string>): Paint {
  const { classified, color, input } = rendering;
  return {
    app: input.release,
    color,
    other: rendering.other,
    version: rendering.version,
    hash: rendering.hash,
    pods: {
      own: classified.own.filter((object) => podTemplateOf(object) !== undefined).map(podLabelsOf),
      shared: classified.base.filter(isLongRunning).map(podLabelsOf),
      namespace: input.namespace,
    },
    rename: (kind, name) => (names.has(`${kind}/${name}`) ? coloredName(kind, name, color) : name),
  };
}

/** Pods of a color call their own color, by name and by variable. */
function closeStack(object: KubernetesObject, rendering: ColorRendering, services: KubernetesObject | undefined): void {
  const { input, classified } = rendering;
  const spec = podTemplateOf(object)?.spec;
  if (input.stack !== 'own' || spec === undefined) {
    return;
  }
  addHostAliases(spec, classified, input.colorServiceIPs, input.namespace);
  if (services !== undefined && takesServiceVariables(spec)) {
    readServiceConfig(spec, services.metadata.name);
  }
}

/** The variables of the color's Services, for all its pods; undefined where there is nothing to say. */
function servicesConfig(rendering: ColorRendering): KubernetesObject | undefined {
  const { input, classified, color } = rendering;
  const data = input.stack === 'own' ? allServiceVariables(classified.plans, input.colorServiceIPs) : {};
  return Object.keys(data).length === 0
    ? undefined
    : {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: serviceConfigName(input.release, color),
          labels: { [APP_LABEL]: input.release, [COLOR_LABEL]: color },
          annotations: { [VERSION_ANNOTATION]: rendering.version },
        },
        data,
      };
}

import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { workloadSpec } from '../kinds/fields.ts';
import { kindOf, titleOf } from '../kinds/objects.ts';
import { containersOf, isLongRunning, podTemplateOf } from '../kinds/pods.ts';
import { podReferences } from '../kinds/references.ts';
import { isScaled } from '../kinds/rows.ts';
import { type Finding, PART_ANNOTATION, type SplitInput } from '../model.ts';
import type { Chart } from '../read/chart.ts';
import { type Hook, isPostHook } from '../read/hooks.ts';
import { alwaysPulled } from '../read/images.ts';
import type { Classified } from '../sort/classify.ts';
import { selects } from '../sort/services.ts';
import { duplicateEntries } from './duplicates.ts';
import { inPlaceWarnings } from './in-place-warnings.ts';
import { poolWarnings } from './pools.ts';
import { serviceWarnings } from './service-warnings.ts';
import { stackWarnings } from './stack-warnings.ts';

/** What a person should know, and what does not stop a deploy. */
export function warningsOf(input: SplitInput, classified: Classified, chart: Chart): Finding[] {
  const objects = [...classified.own, ...classified.base, ...chart.hooks.map((hook) => hook.object)];
  return [
    ...objects.flatMap(duplicateEntries),
    ...alwaysPulled(input.images, objects),
    ...classified.own.flatMap(workloadWarnings),
    ...inPlaceWarnings(classified),
    ...lateConfig(classified, chart),
    ...shortLivedPods(classified),
    ...referredByName(classified),
    ...classified.base.flatMap(podAddressBalancers),
    ...poolWarnings(classified),
    ...stackWarnings(input, classified),
    ...serviceWarnings(classified, input.namespace),
    ...deleteHooks(chart),
  ];
}

function workloadWarnings(object: KubernetesObject): Finding[] {
  const spec = podTemplateOf(object)?.spec;
  if (!isScaled(object) || spec === undefined) {
    return [];
  }
  const mounts = containersOf(spec).flatMap((container) => container.volumeMounts ?? []);
  const data = (spec.volumes ?? []).some(
    (volume) =>
      volume.emptyDir !== undefined && mounts.some((mount) => mount.name === volume.name && /^\/(?:data|var\/lib)\b/.test(mount.mountPath)),
  );
  const found: Finding[] = [];
  if (data) {
    found.push({
      object: titleOf(object),
      message: 'keeps data in an emptyDir: each color has its own, as each pod has',
      hint: `If it is a store, mark it as shared: annotation ${PART_ANNOTATION}: base, or the input shared.`,
    });
  }
  if (workloadSpec(object).strategy?.type === 'Recreate') {
    found.push({
      object: titleOf(object),
      message: 'has strategy: Recreate, but two colors run side by side for a while',
      hint: `If two versions must never run at once, mark it as shared: annotation ${PART_ANNOTATION}: base.`,
    });
  }
  if (workloadSpec(object).paused === true) {
    found.push({ object: titleOf(object), message: 'is paused: it will never become ready', hint: 'Remove spec.paused.' });
  }
  return found;
}

/** Post hooks run when the color is ready, or when its pods only wait: what they need is better there before. */
function lateConfig(classified: Classified, chart: Chart): Finding[] {
  const name = (object: KubernetesObject) => `${kindOf(object)}/${object.metadata.name}`;
  const early = new Set(
    [
      ...classified.base,
      ...chart.hooks.filter((hook) => hook.events.some((event) => /^pre-(install|upgrade)$/.test(event))).map((hook) => hook.object),
    ].map(name),
  );
  const late = chart.hooks.filter(({ object }) => !early.has(name(object)));
  const when = ({ events }: Hook) =>
    isPostHook(events)
      ? 'which only a hook makes, once the pods wait for it'
      : 'which is created only by a hook that runs once the pods are ready';
  return classified.own.flatMap((object) => {
    const used = new Set(podReferences(podTemplateOf(object)?.spec).map((reference) => `${reference.kind}/${reference.name}`));
    return late
      .filter((hook) => used.has(name(hook.object)))
      .map((hook) => ({
        object: titleOf(object),
        message: `needs ${titleOf(hook.object)}, ${when(hook)}`,
        hint: 'Make it an ordinary object of the chart, or a pre-install,pre-upgrade hook.',
      }));
  });
}

function shortLivedPods(classified: Classified): Finding[] {
  return classified.stable.flatMap((service) =>
    classified.own
      .filter((object) => !isLongRunning(object) && selects(service, object))
      .map((object) => ({
        object: titleOf(service),
        message: `selects the pods of ${titleOf(object)}, too: users may reach them while they run`,
        hint: 'Give the pods other labels than the Service selects.',
      })),
  );
}

/** Objects of the base that name a color's workload, which exists under its colored names only. */
function referredByName(classified: Classified): Finding[] {
  const names = new Set(classified.own.map(titleOf));
  return classified.base.flatMap((object) =>
    [...new Set(namedObjects({ ...object, metadata: undefined }))]
      .filter((name) => names.has(name))
      .map((name) => ({
        object: titleOf(object),
        message: `refers to ${name} by name, which exists as -blue and -green only`,
        hint: 'Refer to it by labels, or mark the workload as shared.',
      })),
  );
}

function namedObjects(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const { kind, name } = value as { kind?: unknown; name?: unknown };
  const here = typeof kind === 'string' && typeof name === 'string' ? [`${kind}/${name}`] : [];
  return [...here, ...Object.values(value).flatMap(namedObjects)];
}

const POD_ADDRESSES: readonly RegExp[] = [
  /^alb\.ingress\.kubernetes\.io\/target-type=ip$/,
  /^service\.beta\.kubernetes\.io\/aws-load-balancer-nlb-target-type=ip$/,
  /^cloud\.google\.com\/neg=/,
];

function podAddressBalancers(object: KubernetesObject): Finding[] {
  const annotations = Object.entries(object.metadata.annotations ?? {}).map(([key, value]) => `${key}=${value}`);
  return annotations.some((one) => POD_ADDRESSES.some((pattern) => pattern.test(one)))
    ? [
        {
          object: titleOf(object),
          message: 'its load balancer targets pod addresses: its health checks lag behind a switch by seconds',
          hint: 'Raise drain above the interval of the health checks, so that the old pods answer until it has followed.',
        },
      ]
    : [];
}

function deleteHooks(chart: Chart): Finding[] {
  return chart.hooks
    .filter((hook) => hook.events.every((event) => event.endsWith('-delete')))
    .map((hook) => ({ object: titleOf(hook.object), message: 'is a delete hook: it is left out, since colors come and go' }));
}

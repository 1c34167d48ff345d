import type { KubernetesObject } from '../interfaces/kubernetes.ts';
import { refusalsOf } from './findings/refusals.ts';
import { warningsOf } from './findings/warnings.ts';
import { podTemplateOf } from './kinds/pods.ts';
import { otherColor, type SplitInput, type SplitResult } from './model.ts';
import { hashOf } from './part/hash.ts';
import { type PartObject, pack } from './part/pack.ts';
import { withRecord } from './part/record.ts';
import { sizeRefusals } from './part/sizes.ts';
import { type Chart, readChart, readRender } from './read/chart.ts';
import { type Hook, hookPlan, mapHooks } from './read/hooks.ts';
import { imagesOf } from './read/images.ts';
import { renderBase, sharedWorkloads } from './render/base.ts';
import { renderColor } from './render/color.ts';
import { nodeDoorsOf } from './render/node-doors.ts';
import { urlOf } from './render/url.ts';
import { type Classified, classify, isColorless } from './sort/classify.ts';
import { withKeptNames } from './sort/kept-names.ts';
import { inPlaceFinding } from './sort/obstacles.ts';
import { colorService } from './sort/services.ts';
import { pausedObjects, planWorkloads } from './sort/workers.ts';

export { NOINDEX, NOINDEX_HEADER } from './adapt/noindex.ts';
export { meshNamespaceRefusals } from './findings/mesh.ts';
export { claimsOfOneNode, localTrafficRefusals, outsideClaims, outsideServiceRefusals } from './findings/outside.ts';
export { missingPort } from './findings/service-warnings.ts';
export { coloredName, fitted, uncoloredName, withColor } from './kinds/colored.ts';
export { type Render, readRender } from './read/chart.ts';
export { readManifests } from './read/manifests.ts';
export { recolor } from './recorded/recolor.ts';
export { splitOfRecorded } from './recorded/split-recorded.ts';
export { serviceNames } from './render/host-aliases.ts';
export { colorServiceName } from './sort/services.ts';

/** Stands for the color while a hash is computed. */
const NEUTRAL = 'color';

/**
 * Splits one rendered chart into the part that both colors share and the part of one color. Pure; what cannot be split is in `refusals`.
 * Who splits one render several times has it read (`render`) once.
 * @throws ConfigurationError where the render is not made of Kubernetes objects.
 */
export function splitChart(input: SplitInput, render = readRender(input)): SplitResult {
  const chart = readChart(input, render);
  const classified = classify(chart.manifests, input);
  const workloads = planWorkloads(classified.own, classified.plans, input.color);
  const mapped = mapHooks(chart.hooks, input.firstDeploy);
  const hooks = { ...mapped, color: withKeptNames(mapped.color, [...classified.own, ...classified.base]) };
  const hash = partHash(input, classified, chart.hooks);

  const color = renderColor({
    input,
    classified,
    workloads,
    hooks: hooks.color,
    color: input.color,
    other: otherColor(input.color),
    version: input.version,
    hash,
  });
  const config = [...classified.base, ...chart.hooks.map(({ object }) => object)];
  const base = renderBase(input, classified, hooks.base, config);
  const record = { app: input.release, version: input.version, partHash: hash, services: classified.plans, workloads };
  const parts = { base: pack(input.chart, base), color: pack(withRecord(input.chart, record), color) };
  const objects = (part: readonly PartObject[]): KubernetesObject[] => part.map((one) => one.object);
  return {
    ...parts,
    baseObjects: objects(base),
    colorObjects: objects(color),
    hooks: [...hookPlan('base', hooks.base), ...hookPlan('color', hooks.color, input.color)],
    services: classified.plans,
    colorServices: classified.stable.map((service) => colorService(service, input.release, input.color)),
    workloads,
    paused: pausedObjects(objects(color)),
    shared: sharedWorkloads(classified, input.namespace),
    inPlace: [...classified.inPlace.values()].map(inPlaceFinding),
    colorless: isColorless(classified),
    url: urlOf(classified.base, { namespace: input.namespace, gateways: input.gateways ?? [] }),
    nodeDoors: nodeDoorsOf([...classified.base, ...classified.own], input.namespace),
    partHash: hash,
    baseHash: baseHash(input, classified, chart),
    images: [...objects(color), ...objects(base)].filter((object) => podTemplateOf(object) !== undefined).flatMap(imagesOf),
    refusals: [
      ...chart.refusals,
      ...classified.refusals,
      ...refusalsOf(input, classified, hooks),
      ...sizeRefusals(parts, input.stack === 'own' ? classified.plans.length : 0),
    ],
    adapted: chart.adapted,
    warnings: [...chart.warnings, ...classified.warnings, ...warningsOf(input, classified, chart)],
  };
}

/** Of everything that makes a version, and of nothing that depends on the color, on addresses, on the commit or on the app's history. */
function partHash(input: SplitInput, classified: Classified, hooks: readonly Hook[]): string {
  const workloads = planWorkloads(classified.own, classified.plans, NEUTRAL);
  const neutral = { ...input, colorServiceIPs: {} };
  const objects = renderColor({
    input: neutral,
    classified,
    workloads,
    hooks: [],
    color: NEUTRAL,
    other: `other-${NEUTRAL}`,
    version: '',
    hash: '',
  });
  return hashOf({
    objects: objects.map((one) => one.object),
    hooks: hooks.filter((hook) => hook.events.some((event) => event === 'test' || /^post-(install|upgrade|rollback)$/.test(event))),
    services: classified.stable.map((service) => colorService(service, input.release, NEUTRAL)),
    workloads,
    stack: input.stack,
    // Where no color tells versions apart, the base does.
    ...(isColorless(classified) && {
      base: renderBase({ ...input, colorServiceIPs: {} }, classified, [], classified.base).map((one) => one.object),
    }),
  });
}

function baseHash(input: SplitInput, classified: Classified, chart: Chart): string {
  const objects = renderBase({ ...input, colorServiceIPs: {} }, classified, [], []);
  const hooks = chart.hooks.filter((hook) => hook.events.some((event) => /^pre-(install|upgrade|rollback)$/.test(event)));
  return hashOf({ objects: objects.map((one) => one.object), hooks });
}

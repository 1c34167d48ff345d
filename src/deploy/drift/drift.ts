import { hasDigest } from '../../interfaces/image-reference.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Service } from '../../interfaces/objects.ts';
import { textsIn, workloadSpec } from '../../split/kinds/fields.ts';
import { containersOf, podTemplateOf } from '../../split/kinds/pods.ts';
import { rowOf, runsOnce } from '../../split/kinds/rows.ts';
import { COLOR_LABEL, type Color, FIELD_MANAGER } from '../../split/model.ts';
import { activeReplicas, isWorker } from '../color/workers.ts';
import { HIDDEN, hiddenIn, shown } from '../kube/hidden.ts';
import { describe, selectedColor } from '../kube/names.ts';
import { MISSING } from './addresses.ts';
import type { Drift } from './model.ts';
import { ownedFields, valueAt, writerOf } from './owners.ts';

/** Writers that are part of how the product and Kubernetes work. */
const OURS: ReadonlySet<string> = new Set(['helm', FIELD_MANAGER]);
const KUBERNETES =
  /^(kube-|kubelet$|cloud-controller-manager|before-first-apply$|[\w.-]*(controller|operator|autoscaler|injector|webhook)[\w.-]*$)/;
const isOurs = (manager: string): boolean => OURS.has(manager);
const isMachine = (manager: string): boolean => isOurs(manager) || KUBERNETES.test(manager);
/** People and their scripts: what these add counts even where no template names it. */
const isHand = (manager: string): boolean => /^(kubectl|k9s|lens|openlens|freelens|headlamp|octant|curl)\b/i.test(manager);

const by = (writer: string | undefined): { by?: string } => (writer === undefined ? {} : { by: writer });
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const text = (value: unknown): string => {
  const words = value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);
  return words.length > 120 ? `${words.slice(0, 119)}…` : words;
};

/** Pure: a stable Service whose selector is not what the product set: that of its color Service of the color that serves by the journal. */
export function selectorDrift(
  name: string,
  service: Service | undefined,
  colorService: Service | undefined,
  recorded: Color | undefined,
): Drift[] {
  const object = `Service/${name}`;
  if (service === undefined) return [{ object, kind: 'missing', message: MISSING }];
  const selector = service.spec?.selector ?? {};
  const color = selectedColor(selector);
  const writer = by(writerOf(service, 'spec.selector', isOurs));
  if (recorded !== undefined && color !== recorded) {
    const seen = color ?? selector[COLOR_LABEL] ?? 'no color';
    return [{ object, kind: 'selector', message: `selects ${seen}; the last deploy switched it to ${recorded}`, ...writer }];
  }
  const wanted = colorService?.spec?.selector;
  if (wanted === undefined) return [];
  const differing = [...new Set([...Object.keys(wanted), ...Object.keys(selector)])].filter((key) => wanted[key] !== selector[key]);
  if (differing.length === 0) return [];
  const words = differing.map((key) => `${key}: ${text(wanted[key])} → ${text(selector[key])}`);
  return [{ object, kind: 'selector', message: `its selector was changed (${words.join('; ')})`, ...writer }];
}

const imagesOf = (object: KubernetesObject) => containersOf(podTemplateOf(object)?.spec);

/** Pure: an object of a recorded part that is not there, or not as it was applied; `replicas` is what it should have, where that is known. */
export function objectDrift(recorded: KubernetesObject, live: KubernetesObject | undefined, replicas: number | undefined): Drift[] {
  if (live === undefined) return [{ object: describe(recorded), kind: 'missing', message: MISSING }];
  return [
    ...imageDrift(recorded, live),
    ...replicaDrift(live, replicas),
    ...suspendDrift(live),
    ...dataDrift(recorded, live),
    ...handDrift(recorded, live),
  ];
}

/** Pure: the same for an object of the base or of the color that serves; `autoscaled`: someone else says how many run. */
export function partDrift(recorded: KubernetesObject, live: KubernetesObject | undefined, autoscaled: boolean): Drift[] {
  // A finished Job may have been cleaned up, by its own time to live for instance.
  if (runsOnce(recorded) && live === undefined) return [];
  return objectDrift(recorded, live, autoscaled || live === undefined ? undefined : activeReplicas(live, recorded));
}

function imageDrift(recorded: KubernetesObject, live: KubernetesObject): Drift[] {
  const now = new Map(imagesOf(live).map(({ name, image }) => [name, image]));
  const template = rowOf(recorded)?.pods ?? '';
  return imagesOf(recorded)
    .filter(({ name, image }) => now.get(name) !== image)
    .map(({ name, image }) => ({
      object: describe(recorded),
      kind: 'image' as const,
      message: `container "${name}" has the image ${text(now.get(name))}; deployed was ${image}`,
      ...by(writerOf(live, `${template}.spec.containers[name=${name}].image`, isOurs)),
    }));
}

function replicaDrift(live: KubernetesObject, wanted: number | undefined): Drift[] {
  const now = workloadSpec(live).replicas;
  if (wanted === undefined || typeof now !== 'number' || wanted === now) return [];
  const message = `is scaled to ${now}; deployed with ${wanted}`;
  return [{ object: describe(live), kind: 'replicas', message, ...by(writerOf(live, 'spec.replicas', isOurs)) }];
}

/** A worker on a schedule runs while its color is active: its part holds it suspended, as it comes up. */
function suspendDrift(live: KubernetesObject): Drift[] {
  if (!isWorker(live) || workloadSpec(live).suspend !== true) return [];
  return [{ object: describe(live), kind: 'suspended', message: 'is suspended', ...by(writerOf(live, 'spec.suspend', isOurs)) }];
}

/** ConfigMaps and Secrets: values are texts, compared as they are; those of Secrets are not shown. */
function dataDrift(recorded: KubernetesObject, live: KubernetesObject): Drift[] {
  if (recorded.kind !== 'ConfigMap' && recorded.kind !== 'Secret') return [];
  const encoded = Object.entries(textsIn(recorded, 'stringData')).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  const wanted: Record<string, string> = { ...textsIn(recorded, 'data'), ...Object.fromEntries(encoded) };
  const now = textsIn(live, 'data');
  const changed = [...new Set([...Object.keys(wanted), ...Object.keys(now)])].filter(
    (key) => !sameData(recorded.kind, wanted[key], now[key]),
  );
  if (changed.length === 0) return [];
  return [
    {
      object: describe(recorded),
      kind: 'changed',
      message: `data was changed: ${changed.join(', ')}`,
      ...by(writerOf(live, 'data', isOurs)),
    },
  ];
}

const sameData = (kind: string, a: string | undefined, b: string | undefined): boolean =>
  kind === 'Secret' ? decoded(a) === decoded(b) : a === b;
const decoded = (value: string | undefined): string | undefined =>
  value === undefined ? undefined : Buffer.from(value, 'base64').toString('latin1');

/** Fields that someone else than Helm, this product or a controller has written, where they are not what was deployed. */
function handDrift(recorded: KubernetesObject, live: KubernetesObject): Drift[] {
  const drift: Drift[] = [];
  const hides = hiddenIn(recorded);
  for (const entry of live.metadata.managedFields ?? []) {
    if (entry.subresource !== undefined || isMachine(entry.manager)) continue;
    for (const { path, steps } of ownedFields(entry.fieldsV1 ?? {})) {
      if (comparedElsewhere(path)) continue;
      const [wanted, now] = [valueAt(recorded, steps), valueAt(live, steps)];
      if (same(wanted, now) || (wanted === undefined && !isHand(entry.manager))) continue;
      const [is, was] = [now, wanted].map((value) => text(shown(value, path, hides)));
      const hidden = recorded.kind === 'Secret' || is === was || is === HIDDEN || was === HIDDEN;
      drift.push({
        object: describe(recorded),
        kind: 'changed',
        message: hidden ? `${path} was changed` : `${path} is ${is}; deployed was ${was}`,
        ...by([entry.manager, entry.time].filter(Boolean).join(', ')),
      });
    }
  }
  return drift;
}

/** Compared by itself, or of no consequence. */
const comparedElsewhere = (path: string): boolean =>
  /^(metadata|status|data|stringData)\b/.test(path) ||
  /^spec\.(replicas$|selector\b)/.test(path) ||
  /^spec\.template\.metadata\.annotations\.kubectl\.kubernetes\.io\/restartedAt$/.test(path) ||
  /ontainers\[name=[^\]]*\]\.image$/.test(path);

/** Pure: pods of one workload that run different contents under one image name. */
export function tagDrift(workload: string, images: readonly { container: string; image: string; digests: readonly string[] }[]): Drift[] {
  return images
    .filter(({ image, digests }) => digests.length > 1 && !hasDigest(image))
    .map(({ container, image, digests }) => ({
      object: workload,
      kind: 'image' as const,
      message: `its pods run ${digests.length} different contents of ${image} in container "${container}": the tag has moved`,
    }));
}

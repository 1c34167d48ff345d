import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { coloredName, NAME_ANNOTATION } from '../kinds/colored.ts';
import { workloadSpec } from '../kinds/fields.ts';
import { clone, kindOf } from '../kinds/objects.ts';
import { changeTextAt } from '../kinds/paths.ts';
import { podTemplateOf } from '../kinds/pods.ts';
import { type Rename, renameReferences } from '../kinds/references.ts';
import { rowOf } from '../kinds/rows.ts';
import { APP_LABEL, COLOR_LABEL, PART_HASH_ANNOTATION, VERSION_ANNOTATION } from '../model.ts';
import { colorPlacement, type PodsByPart } from './affinity.ts';

/** What makes one rendering of the color part differ from another of the same version. */
export interface Paint {
  app: string;
  color: string;
  other: string;
  version: string;
  /** Hash of the part, for pod templates; empty while the hash itself is computed. */
  hash: string;
  pods: PodsByPart;
  rename: Rename;
}

/** Helm would keep an object with this annotation when its color is removed. */
const RESOURCE_POLICY = 'helm.sh/resource-policy';

/** A version's own object in its color: name, labels, selectors, references. Changes `object` in place. */
export function paint(object: KubernetesObject, paint: Paint): void {
  label(object, paint);
  delete object.metadata.annotations?.[RESOURCE_POLICY];
  const row = rowOf(object);
  if (row?.selector !== undefined) {
    const spec = workloadSpec(object);
    spec.selector = { ...spec.selector, matchLabels: { ...spec.selector?.matchLabels, [COLOR_LABEL]: paint.color } };
  }
  if (row?.makes !== undefined) {
    changeTextAt(object, row.makes, (name) => coloredName('', name, paint.color));
  }
  const template = podTemplateOf(object);
  if (template !== undefined) {
    template.metadata = {
      ...template.metadata,
      labels: { ...template.metadata?.labels, [APP_LABEL]: paint.app, [COLOR_LABEL]: paint.color },
      annotations: { ...template.metadata?.annotations, [PART_HASH_ANNOTATION]: paint.hash, [VERSION_ANNOTATION]: paint.version },
    };
    if (template.spec !== undefined) {
      colorPlacement(template.spec, paint.color, paint.other, paint.pods);
    }
  }
  renameReferences(object, paint.rename);
}

/** A hook of the color: it keeps its pods' labels, so that no Service of the color ever selects them. Changes `object` in place. */
export function paintHook(object: KubernetesObject, paint: Paint): void {
  label(object, paint);
  renameReferences(object, paint.rename);
}

/** The color's copy of a ConfigMap or Secret, with our labels only. */
export function colorCopy(original: KubernetesObject, paint: Paint): KubernetesObject {
  const content = clone(original);
  const { name, namespace } = content.metadata;
  const copy: KubernetesObject = { ...content, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
  label(copy, paint);
  renameReferences(copy, paint.rename);
  return copy;
}

function label(object: KubernetesObject, paint: Paint): void {
  object.metadata.labels = { ...object.metadata.labels, [APP_LABEL]: paint.app, [COLOR_LABEL]: paint.color };
  const { name } = object.metadata;
  const renamed = paint.rename(kindOf(object), name);
  const shortened = renamed !== name && renamed !== `${name}-${paint.color}`;
  object.metadata.annotations = {
    ...object.metadata.annotations,
    [VERSION_ANNOTATION]: paint.version,
    ...(shortened && { [NAME_ANNOTATION]: name }),
  };
}

import type { HelmChartMetadata, PartChart } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';

/** An object of a part and the name that it has in the chart, which names its file: the same in both colors. */
export interface PartObject {
  object: KubernetesObject;
  name: string;
}

/**
 * One JSON file per object, in the render's order, to be taken literally (texts may hold `{{`). Pretty, because `helm get manifest`
 * shows them.
 */
export function pack(chart: HelmChartMetadata, objects: readonly PartObject[]): PartChart {
  const digits = Math.max(3, String(objects.length).length);
  const files = objects.map(({ object, name }, index): [string, string] => {
    const number = String(index + 1).padStart(digits, '0');
    return [`${number}-${object.kind.toLowerCase()}-${name.replace(/[^A-Za-z0-9.-]/g, '-')}.json`, `${JSON.stringify(object, null, 2)}\n`];
  });
  return { chart, templates: Object.fromEntries(files) };
}

export function unpack(part: PartChart): KubernetesObject[] {
  return Object.values(part.templates).map((content) => JSON.parse(content) as KubernetesObject);
}

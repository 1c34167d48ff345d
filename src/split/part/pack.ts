import { ToolError } from '../../interfaces/errors.ts';
import type { HelmChartMetadata, PartChart } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { parseJsonObject } from '../../interfaces/reading/json.ts';

/** An object of a part and the name that it has in the chart, which names its file: the same in both colors. */
export interface PartObject {
  object: KubernetesObject;
  name: string;
}

/** Characters of a part up to which it is written with line breaks, for readers of `helm get manifest`; they cost room in the release. */
const PRETTY_LIMIT = 512 * 1024;

/** One JSON file per object, in the render's order, to be taken literally (texts may hold `{{`). */
export function pack(chart: HelmChartMetadata, objects: readonly PartObject[]): PartChart {
  const digits = Math.max(3, String(objects.length).length);
  const files = objects.map(({ object, name }, index) => {
    const number = String(index + 1).padStart(digits, '0');
    return { file: `${number}-${object.kind.toLowerCase()}-${fileWord(name)}.json`, object };
  });
  return { chart, templates: write(files) };
}

/** A name as the name of its object's file has it. */
export const fileWord = (name: string): string => name.replace(/[^A-Za-z0-9.-]/g, '-');

export interface PartFile {
  file: string;
  object: KubernetesObject;
}

/** The part's files as texts, all in one format. */
export function write(files: readonly PartFile[]): Record<string, string> {
  const pretty = files.map(({ object }) => JSON.stringify(object, null, 2));
  const fits = pretty.reduce((sum, text) => sum + text.length, 0) <= PRETTY_LIMIT;
  const texts = fits ? pretty : files.map(({ object }) => JSON.stringify(object));
  return Object.fromEntries(files.map(({ file }, index) => [file, `${texts[index]}\n`]));
}

/** The objects of a part chart by file, in its order. */
export function unpack(part: PartChart): PartFile[] {
  return Object.entries(part.templates).map(([file, content]) => ({
    file,
    object: parseJsonObject<KubernetesObject>(content, (why) => new ToolError(`The recorded file ${file} cannot be read: ${why}`)),
  }));
}

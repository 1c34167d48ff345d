import { ConfigurationError } from '../../interfaces/errors.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Finding } from '../model.ts';
import { readHelmYaml } from './yaml.ts';

/** One object of the render, in the render's order. */
export interface Manifest {
  object: KubernetesObject;
  /** The template it came from (Helm's `# Source:` comment), where known. */
  source: string | undefined;
}

export interface ReadManifests {
  manifests: Manifest[];
  /** Keys that are written twice in one mapping: the last one counts, as in Helm. */
  warnings: Finding[];
}

/**
 * Reads a stream of manifests by Helm's rules; lists (`kind: List`, `DeploymentList` …) become their items.
 * @throws ConfigurationError where a document is not valid YAML or not an object of Kubernetes.
 */
export function readManifests(text: string, source?: string): ReadManifests {
  const manifests: Manifest[] = [];
  const warnings: Finding[] = [];
  const what = (offset: number): string => `The chart's manifest ${sourceOf(text.slice(0, offset)) ?? source ?? ''}`;
  for (const { value, twice, comment } of readHelmYaml(text, what)) {
    const from = sourceOf(comment) ?? source;
    if (value === null || value === undefined) {
      continue;
    }
    const objects = flatten(value, from);
    manifests.push(...objects.map((object) => ({ object, source: from })));
    const name = objects[0] === undefined ? '' : `${objects[0].kind}/${objects[0].metadata.name}`;
    warnings.push(...twice.map(({ path }) => duplicateFinding(name, path)));
  }
  return { manifests, warnings };
}

/** The last one that is named: comments before a document hold its own alone. */
function sourceOf(text: string): string | undefined {
  const at = text.lastIndexOf(' Source: ');
  return at < 0
    ? undefined
    : text
        .slice(at + ' Source: '.length)
        .split('\n', 1)[0]
        ?.trim();
}

function flatten(value: unknown, source: string | undefined): KubernetesObject[] {
  const object = value as Partial<KubernetesObject>;
  if (typeof object !== 'object' || typeof object.kind !== 'string' || typeof object.apiVersion !== 'string') {
    throw new ConfigurationError(`The chart's manifest ${source ?? ''} is not a Kubernetes object: it has no kind or no apiVersion`, {
      hint: 'Look at it with `helm template`.',
    });
  }
  if (object.kind.endsWith('List') && Array.isArray(object.items)) {
    const item = { apiVersion: object.apiVersion, kind: object.kind.slice(0, -'List'.length) };
    const items = object.items as Partial<KubernetesObject>[];
    return items.flatMap((one) => flatten(one.kind === undefined && one.apiVersion === undefined ? { ...item, ...one } : one, source));
  }
  if (typeof object.metadata?.name !== 'string' || object.metadata.name === '') {
    throw new ConfigurationError(`The chart's ${object.kind} ${source === undefined ? '' : `in ${source} `}has no metadata.name`);
  }
  return [object as KubernetesObject];
}

function duplicateFinding(object: string, path: string): Finding {
  return { object, message: `${path} is written twice; the last one counts`, hint: 'Remove one of them from the template.' };
}

import { type Document, isMap, isScalar, isSeq } from 'yaml';
import { ConfigurationError } from '../../interfaces/errors.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Finding } from '../model.ts';
import { readYaml } from './yaml.ts';

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
  for (const document of readYaml(text)) {
    const from = sourceOf(document) ?? source;
    const [error] = document.errors;
    if (error !== undefined) {
      throw new ConfigurationError(`The chart's manifest ${from ?? ''} is not valid YAML: ${error.message}`, { cause: error });
    }
    const value: unknown = document.toJS({ maxAliasCount: 10_000 });
    if (value === null || value === undefined) {
      continue;
    }
    const objects = flatten(value, from);
    manifests.push(...objects.map((object) => ({ object, source: from })));
    const name = objects[0] === undefined ? '' : `${objects[0].kind}/${objects[0].metadata.name}`;
    warnings.push(...duplicateKeys(document.contents, '').map((path) => duplicateFinding(name, path)));
  }
  return { manifests, warnings };
}

function sourceOf(document: Document.Parsed): string | undefined {
  const comments = `${document.commentBefore ?? ''}\n${document.contents?.commentBefore ?? ''}`;
  return /^\s*Source: (.+)$/m.exec(comments)?.[1]?.trim();
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

function duplicateKeys(node: unknown, path: string): string[] {
  if (isSeq(node)) {
    return node.items.flatMap((item, index) => duplicateKeys(item, `${path}[${index}]`));
  }
  if (!isMap(node)) {
    return [];
  }
  const seen = new Set<string>();
  return node.items.flatMap((pair) => {
    const key = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
    const here = path === '' ? key : `${path}.${key}`;
    const twice = seen.has(key) && key !== '<<' ? [here] : [];
    seen.add(key);
    return [...twice, ...duplicateKeys(pair.value, here)];
  });
}

function duplicateFinding(object: string, path: string): Finding {
  return { object, message: `${path} is written twice; the last one counts`, hint: 'Remove one of them from the template.' };
}

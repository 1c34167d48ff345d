import { parseImage } from '../../interfaces/image-reference.ts';
import { isMap } from '../../interfaces/values.ts';

/** An image that a build was made from, by a name that may lead elsewhere tomorrow. */
export interface Source {
  /** `docker.io/library/python:3.13-slim` */
  image: string;
  /** What it led to. */
  digest: string;
}

/**
 * The images that a build was made from, by the builder's own record: base images, those that files were copied from, the Dockerfile's frontend.
 * Those that are named by digest are left out. Undefined where the record is missing, or holds something that is no image: an address, a
 * repository.
 */
export function sourcesOf(provenance: Readonly<Record<string, unknown>>): Source[] | undefined {
  const predicates = Object.values(provenance);
  if (predicates.length === 0) return undefined;
  const sources = predicates.map(sourcesIn);
  if (sources.includes(undefined)) return undefined;
  const all = sources.flatMap((list) => list ?? []);
  const byName = new Map(all.map((source) => [source.image, source]));
  // Two platforms of one build that saw different images under one name.
  return all.every(({ image, digest }) => byName.get(image)?.digest === digest) ? [...byName.values()] : undefined;
}

function sourcesIn(predicate: unknown): Source[] | undefined {
  if (!isMap(predicate)) return undefined;
  const definition = predicate.buildDefinition;
  const materials = isMap(definition) ? definition.resolvedDependencies : predicate.materials;
  if (!isMap(definition) && typeof predicate.buildType !== 'string') return undefined;
  if (materials === undefined || materials === null) return [];
  if (!Array.isArray(materials)) return undefined;
  const read = materials.map(sourceOf);
  return read.includes(undefined) ? undefined : read.flatMap((found) => found ?? []);
}

/** `pkg:docker/python@3.13-slim?platform=linux%2Famd64`. None for an image that is named by digest; undefined for what is no image. */
function sourceOf(material: unknown): Source[] | undefined {
  if (!isMap(material) || typeof material.uri !== 'string' || !isMap(material.digest)) return undefined;
  const [, name = '', version = '', qualifiers = ''] = /^pkg:docker\/([^@?]+)(?:@([^?]*))?(?:\?(.*))?$/.exec(material.uri) ?? [];
  const hex = material.digest.sha256;
  const tag = decodeURIComponent(version);
  if (name === '' || typeof hex !== 'string') return undefined;
  if (tag.startsWith('sha256:') || new URLSearchParams(qualifiers).has('digest')) return [];
  const { reference } = parseImage(`${decodeURIComponent(name)}:${tag || 'latest'}`);
  if (reference === undefined) return undefined;
  return [{ image: `${reference.host}/${reference.path}:${reference.tag}`, digest: `sha256:${hex}` }];
}

/** The Dockerfile's own frontend (`# syntax=…`); undefined where it has none, '' where it cannot be told. */
export function frontendOf(dockerfile: string, buildArgs: Readonly<Record<string, string>>): string | undefined {
  const named = buildArgs.BUILDKIT_SYNTAX ?? directive(dockerfile);
  if (named === undefined) return undefined;
  const { reference } = parseImage(named.trim().split(/\s+/)[0] ?? '');
  if (reference === undefined) return '';
  if (reference.digest !== undefined) return undefined;
  return `${reference.host}/${reference.path}:${reference.tag ?? 'latest'}`;
}

function directive(dockerfile: string): string | undefined {
  const text = dockerfile.replace(/^\uFEFF/, '');
  // BuildKit also takes it from JSON.
  if (/^\s*\{/.test(text)) return '';
  for (const line of text.split('\n')) {
    if (line.trim() === '' || /^\s*(?:#!|#|\/\/)/.test(line) === false) return undefined;
    const found = /^\s*(?:#|\/\/)\s*syntax\s*=(.*)$/i.exec(line)?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}

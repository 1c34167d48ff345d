import { pool } from '../../build/pool.ts';
import { ToolError } from '../../interfaces/errors.ts';
import { parseJsonObject } from '../../interfaces/reading/json.ts';
import type { Registry } from '../../interfaces/registry.ts';
import { fieldAt, isMap } from '../../interfaces/values.ts';
import type { RepositoryImages, TaggedImage } from './model.ts';

const AT_ONCE = 8;
/** An index of indexes of indexes: nobody makes more. */
const DEEPEST = 4;
const INDEXES: readonly string[] = ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json'];

type Source = Pick<Registry, 'tags' | 'head' | 'manifest'>;

/** Everything under tags. Throws where any of it cannot be read: what was not seen may hold what seems unused. */
export async function readImages(registry: Source, repository: string, signal: AbortSignal): Promise<TaggedImage[]> {
  const tags = [...new Set(await registry.tags(repository, signal))];
  const found = await pool(tags, AT_ONCE, signal, async (tag, inner) => ({ tag, held: await registry.head(repository, tag, inner) }));
  const byDigest = new Map<string, { mediaType: string; tags: string[] }>();
  for (const { tag, held } of found) {
    if (held === undefined) continue;
    const known = byDigest.get(held.digest) ?? { mediaType: held.mediaType, tags: [] };
    byDigest.set(held.digest, { ...known, tags: [...known.tags, tag] });
  }
  return await pool([...byDigest], AT_ONCE, signal, async ([digest, { mediaType, tags: own }], inner) => ({
    digest,
    tags: own,
    parts: INDEXES.includes(mediaType.split(';')[0]?.trim() ?? '') ? await partsOf(registry, repository, digest, inner) : [],
  }));
}

/** Digests of images that are in use under tags which no list has. */
export async function readUnlisted(
  registry: Pick<Source, 'head'>,
  { repository, images }: RepositoryImages,
  references: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<string[]> {
  const listed = new Set(images.flatMap(({ tags }) => tags));
  const named = [...references].filter((name) => name.startsWith(`${repository}:`)).map((name) => name.slice(repository.length + 1));
  const unlisted = named.filter((tag) => !listed.has(tag));
  const found = await pool(unlisted, AT_ONCE, signal, async (tag, inner) => (await registry.head(repository, tag, inner))?.digest);
  return found.filter((digest) => digest !== undefined);
}

/** What is deployed by a digest that has no tag, and what it is made of. */
export async function readUntagged(
  registry: Source,
  repository: string,
  digests: readonly string[],
  signal: AbortSignal,
): Promise<RepositoryImages['untagged']> {
  return await pool(digests, AT_ONCE, signal, async (digest, inner) => ({
    digest,
    parts: await partsOf(registry, repository, digest, inner),
  }));
}

/** Digests of all that a manifest is made of, itself not among them; empty for a single image, and for one that is not there. */
export async function partsOf(registry: Source, repository: string, digest: string, signal: AbortSignal): Promise<string[]> {
  const parts = new Set<string>();
  const read = async (at: string, depth: number): Promise<void> => {
    if (depth > DEEPEST) throw new ToolError(`${repository}@${digest} is an index of indexes without end`);
    const held = await registry.manifest(repository, at, signal);
    if (held === undefined) return;
    const wrong = (why: string): ToolError => new ToolError(`The manifest ${repository}@${at}: ${why}`);
    const manifests = fieldAt(parseJsonObject(Buffer.from(held.bytes).toString('utf8'), wrong), 'manifests');
    for (const part of Array.isArray(manifests) ? manifests : []) {
      if (!isMap(part) || typeof part.digest !== 'string') throw wrong('it names a part without a digest');
      if (parts.has(part.digest)) continue;
      parts.add(part.digest);
      if (typeof part.mediaType !== 'string' || INDEXES.includes(part.mediaType)) await read(part.digest, depth + 1);
    }
  };
  await read(digest, 0);
  return [...parts];
}

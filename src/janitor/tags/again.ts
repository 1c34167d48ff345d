import { pool } from '../../build/pool.ts';
import type { Registry } from '../../interfaces/registry.ts';
import type { TaggedImage } from './model.ts';
import { partsOf } from './read.ts';

const AT_ONCE = 8;

/**
 * Looks once more, right before an image goes: undefined where it is as it was when that was decided, else what has changed. Tags that have
 * come since count, whatever they lead to.
 */
export async function changedSince(
  registry: Pick<Registry, 'tags' | 'head' | 'manifest'>,
  { repository, image, seen }: { repository: string; image: TaggedImage; seen: ReadonlySet<string> },
  signal: AbortSignal,
): Promise<string | undefined> {
  const tags = await registry.tags(repository, signal);
  const missing = image.tags.find((tag) => !tags.includes(tag));
  if (missing !== undefined) return `its tag ${missing} is gone`;
  const looked = tags.filter((tag) => image.tags.includes(tag) || !seen.has(tag));
  const found = await pool(looked, AT_ONCE, signal, async (tag, inner) => ({ tag, held: await registry.head(repository, tag, inner) }));
  for (const { tag, held } of found) {
    const isOwn = image.tags.includes(tag);
    if (isOwn && held?.digest !== image.digest) return `its tag ${tag} leads elsewhere`;
    if (isOwn || held === undefined) continue;
    if (held.digest === image.digest) return `it got the tag ${tag}`;
    if ((await partsOf(registry, repository, held.digest, signal)).includes(image.digest)) return `it became a part of ${tag}`;
  }
  return undefined;
}

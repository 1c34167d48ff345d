import { join } from 'node:path';
import { baseImages } from './catalogue.ts';
import { type Registry, withRegistry } from './push.ts';
import { type Image, type Log, seconds, storedImage } from './recipe.ts';
import { imageCache, sweep } from './store.ts';
import { TRIVY_DB, trivyDatabase } from './trivydb.ts';

export type { Registry } from './push.ts';

/** An image or artifact in the cache, ready to be pushed. */
export interface Built {
  repository: string;
  tags: readonly string[];
  dir: string;
}

/** Builds what is missing in the cache: the base images and Trivy's database. Needs no registry, and no network if everything is there. */
export async function buildImages(log: Log, cache = imageCache()): Promise<Built[]> {
  for (const dir of [cache, join(cache, 'layers')]) await sweep(dir);
  const database = trivyDatabase(cache, log);
  const images = baseImages(cache, log);
  await Promise.allSettled([database, images]);
  const built = await Promise.all((await images).map((image) => build(cache, image)));
  return [...built, { ...TRIVY_DB, dir: await database }];
}

/** Builds and pushes what the registry lacks, until it serves every base image and Trivy's database; a second call takes a second. */
export async function ensureImages({ log, ...registry }: Registry & { log: Log }): Promise<void> {
  const start = Date.now();
  const built = await buildImages(log);
  await withRegistry(registry, async (push) => {
    const pushed = await Promise.all(built.map(({ dir, repository, tags }) => push(dir, repository, tags)));
    for (const { repository, tags } of built.filter((_, i) => pushed[i])) log(`images: pushed ${repository}:${tags.join(', ')}`);
  });
  log(`images: served after ${seconds(start)} s`);
}

async function build(cache: string, image: Image): Promise<Built> {
  const { dir } = await storedImage(cache, image);
  return { repository: image.repository, tags: image.tags, dir };
}

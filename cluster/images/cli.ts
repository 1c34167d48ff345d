import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buildImages } from './index.ts';
import { megabytes, seconds } from './recipe.ts';
import { readJson } from './store.ts';

/** `node cluster/images/cli.ts build`: makes the layouts in the cache and prints name, packed size and folder of each. */
if (process.argv[2] !== 'build') {
  console.error('Usage: node cluster/images/cli.ts build');
  process.exit(2);
}
const start = Date.now();
for (const { repository, tags, dir } of await buildImages(console.log)) {
  console.log(`${repository}:${tags[0]}  ${megabytes(await packedSize(dir))} MB  ${dir}`);
}
console.log(`images: complete after ${seconds(start)} s`);

async function packedSize(dir: string): Promise<number> {
  const blob = (digest: string) => join(dir, 'blobs', digest.replace(':', '/'));
  const index = await readJson<{ manifests: [{ digest: string }] }>(join(dir, 'index.json'));
  const manifest = await readJson<{ layers: { digest: string }[] }>(blob(index.manifests[0].digest));
  const sizes = await Promise.all(manifest.layers.map(async ({ digest }) => (await stat(blob(digest))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

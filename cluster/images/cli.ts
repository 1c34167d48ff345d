import { baseImages } from './catalogue.ts';
import { megabytes, seconds, storedImage } from './recipe.ts';
import { imageCache } from './store.ts';

/** `node cluster/images/cli.ts build`: makes the base images' layouts in the cache and prints where they are. */
if (process.argv[2] !== 'build') {
  console.error('Usage: node cluster/images/cli.ts build');
  process.exit(2);
}
const start = Date.now();
const cache = imageCache();
for (const image of await baseImages(cache, console.log)) {
  const stored = await storedImage(cache, image);
  console.log(`${image.repository}:${image.tags[0]}  ${megabytes(stored.size)} MB  ${stored.digest}  ${stored.dir}`);
}
console.log(`images: complete after ${seconds(start)} s`);

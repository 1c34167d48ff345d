import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configBlob, type ImageConfig } from './config.ts';
import { hostArchitecture, type Layer, Layout } from './oci.ts';
import { keyOf, once, readJson } from './store.ts';

/** How one layer is made. Equal `name` and `pins` mean the same layer, which is then made once. */
export interface LayerRecipe {
  name: string;
  /** Everything that decides the layer's content, as JSON. */
  pins: unknown;
  /** Writes the layer as the tar file `tar`; `scratch` is an empty folder that is removed afterwards. */
  pack(tar: string, scratch: string): Promise<void>;
}

/** A layer in the cache; `blob` is its gzipped tar. */
export interface StoredLayer extends Layer {
  key: string;
  blob: string;
}

/** One image: `repository` as Docker Hub names it, under each of `tags`. */
export interface Image {
  repository: string;
  tags: readonly string[];
  layers: readonly StoredLayer[];
  config: ImageConfig;
}

export type Log = (line: string) => void;

/** The layer of a recipe, from `cache` or made now. */
export async function storedLayer(cache: string, recipe: LayerRecipe, log: Log): Promise<StoredLayer> {
  const key = keyOf([recipe.name, recipe.pins, hostArchitecture()]);
  const dir = join(cache, 'layers', `${recipe.name}-${key}`);
  const start = Date.now();
  const made = await once(dir, async (scratch) => {
    const work = join(scratch, 'work');
    await mkdir(work);
    const tar = join(scratch, 'layer.tar');
    await recipe.pack(tar, work);
    const layer = await (await Layout.open(scratch)).putLayer(tar);
    await writeFile(join(scratch, 'layer.json'), JSON.stringify(layer));
    for (const path of [work, tar, `${tar}.list`]) await rm(path, { recursive: true, force: true });
  });
  const layer = await readJson<Layer>(join(dir, 'layer.json'));
  if (made) log(`images: layer ${recipe.name} made in ${seconds(start)} s, ${megabytes(layer.descriptor.size)} MB packed`);
  return { ...layer, key, blob: join(dir, 'blobs', layer.descriptor.digest.replace(':', '/')) };
}

/** The OCI layout of an image in `cache`, with one manifest; its blobs are links to the layers'. Returns its folder and digest. */
export async function storedImage(cache: string, image: Image): Promise<{ dir: string; digest: string; size: number }> {
  const config = configBlob(image.config, hostArchitecture(), image.layers);
  const key = keyOf([image.layers.map((layer) => layer.descriptor.digest), config]);
  const dir = join(cache, `${image.repository.replaceAll('/', '-')}-${key}`);
  await once(dir, async (scratch) => {
    const layout = await Layout.open(scratch);
    for (const layer of image.layers) await link(layer.blob, layout.blobPath(layer.descriptor.digest));
    const manifest = await layout.putImage({ layers: image.layers, config: image.config, architecture: hostArchitecture() });
    await layout.tag(manifest, `docker.io/${image.repository}:${image.tags[0] ?? 'latest'}`);
  });
  const index = await readJson<{ manifests: [{ digest: string }] }>(join(dir, 'index.json'));
  return { dir, digest: index.manifests[0].digest, size: image.layers.reduce((sum, layer) => sum + layer.descriptor.size, 0) };
}

export function seconds(start: number): string {
  return ((Date.now() - start) / 1000).toFixed(1);
}

export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

import { DeployError } from '../interfaces/errors.ts';
import type { Descriptor } from '../interfaces/registry.ts';
import { parseConfig, parseIndex } from './documents.ts';
import { type ReadBlob, readLayout, singleImageIndex } from './layout.ts';
import type { BuiltLayout, ImageSpec } from './model.ts';

/** Annotation by which an OCI layout names its images. */
const REF_NAME = 'org.opencontainers.image.ref.name';

/** A file of the layout. */
export interface HandedOverBlob extends Pick<Descriptor, 'digest' | 'size' | 'mediaType'> {
  /** Of a layer: the digest of what it unpacks to. A scanner may take its word for it, a container runtime does not. */
  diffId?: string | undefined;
}

export interface HandedOver {
  layouts: BuiltLayout[];
  /** All that the images are made of: nothing else may lie in the layout. */
  blobs: HandedOverBlob[];
}

/** Pure: what makes an error of the reason why a layout is not taken. */
export const refused = (why: string, cause?: unknown): DeployError =>
  new DeployError('layout-refused', `The layout that was handed over is refused: ${why}`, {
    hint: 'nothing was scanned, pushed or run. It was made by code that nobody vouches for: look at what built it',
    cause,
  });

/** Pure: `index.json` of the one layout that holds these images. */
export function handOverIndex(layouts: readonly BuiltLayout[]): string {
  const manifests = layouts.map(({ spec, root }) => ({ ...root, annotations: { [REF_NAME]: spec.name } }));
  return `${JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests })}\n`;
}

/**
 * The images of a layout that a job made which is not trusted: exactly those that were asked for, each for exactly its platforms. `folder` is where
 * it lies, `ownPlatform` that of an image which names none. Blobs beside manifests and configurations are not read: whoever calls this proves
 * them by `blobs`. Throws DeployError (`layout-refused`).
 */
export async function readHandedOver(
  indexJson: string,
  { images, folder, ownPlatform }: { images: readonly ImageSpec[]; folder: string; ownPlatform: string },
  read: ReadBlob,
): Promise<HandedOver> {
  const roots = await refusing(async () => namedRoots(indexJson, images));
  const layouts: BuiltLayout[] = [];
  const blobs: HandedOverBlob[] = [];
  for (const spec of images) {
    const root = roots.get(spec.name);
    if (root === undefined) throw refused(`it holds no image "${spec.name}"`);
    const content = await refusing(() => readLayout(singleImageIndex(root), read));
    checkPlatforms(
      spec,
      content.platforms.map(({ platform }) => platform),
      ownPlatform,
    );
    layouts.push({ spec, layout: folder, ...content, provenance: {}, durationMs: 0 });
    blobs.push(...content.indexes);
    for (const { descriptor, blobs: parts } of content.platforms) {
      const [config, ...layers] = parts;
      if (config === undefined) throw refused(`the image "${spec.name}" has no configuration`);
      const { diffIds } = parseConfig(Buffer.from(await read(config.digest)).toString('utf8'), config.digest);
      blobs.push(descriptor, config, ...layers.map((layer, at) => ({ ...layer, diffId: diffIds[at] })));
    }
  }
  return { layouts, blobs };
}

function namedRoots(indexJson: string, images: readonly ImageSpec[]): Map<string, Descriptor> {
  const names = images.map(({ name }) => name);
  const roots = new Map<string, Descriptor>();
  for (const entry of parseIndex(indexJson, 'index.json')) {
    const name = entry.annotations?.[REF_NAME];
    if (name === undefined) throw refused(`${entry.digest} has no name (annotation ${REF_NAME})`);
    if (!names.includes(name))
      throw refused(`it holds an image "${name.slice(0, 100)}", which is not among the images (${names.join(', ')})`);
    if (roots.has(name)) throw refused(`it holds two images "${name}"`);
    roots.set(name, entry);
  }
  return roots;
}

function checkPlatforms({ name, platforms }: ImageSpec, found: readonly string[], ownPlatform: string): void {
  const wanted = platforms.length > 0 ? platforms : [ownPlatform];
  const isWanted = (platform: string): boolean => wanted.some((one) => platform === one || platform.startsWith(`${one}/`));
  if (found.length === wanted.length && found.every(isWanted)) return;
  throw refused(`the image "${name}" is for ${found.join(', ')}, and ${wanted.join(', ')} was asked for`);
}

/** Whatever is wrong with the layout is its maker's doing. */
async function refusing<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof DeployError)) throw error;
    for (const one of [error, error.cause]) if (one instanceof DeployError && one.reason === 'layout-refused') throw one;
    throw refused(error.message, error);
  }
}

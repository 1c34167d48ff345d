import { createHash } from 'node:crypto';
import { ToolError } from '../interfaces/errors.ts';
import type { Descriptor } from '../interfaces/registry.ts';
import { type Platform, parseConfig, parseIndex, parseManifest } from './documents.ts';
import type { PlatformImage } from './model.ts';

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const INDEX_TYPES = [OCI_INDEX, 'application/vnd.docker.distribution.manifest.list.v2+json'];
const MANIFEST_TYPES = ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json'];
const CONFIG_TYPES = ['application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json'];
/** Foreign layers are not among them: they lie elsewhere. */
const LAYER_TYPE =
  /^application\/vnd\.(?:oci\.image\.layer\.v1\.tar(?:\+(?:gzip|zstd))?|docker\.image\.rootfs\.diff\.tar(?:\.(?:gzip|zstd))?)$/;

/** Reads a blob of the layout by digest. */
export type ReadBlob = (digest: string) => Promise<Uint8Array>;

export interface LayoutContent {
  root: Descriptor;
  /** Each is scanned by itself. */
  platforms: PlatformImage[];
  /** The root, where it is one. Together with the platforms' images this is all that is pushed. */
  indexes: Descriptor[];
}

/**
 * `index.json` of an OCI layout that holds one image → its root, and the image of every platform. Throws ToolError for anything else: what is not
 * known here could be pushed without having been scanned.
 */
export async function readLayout(indexJson: string, read: ReadBlob): Promise<LayoutContent> {
  const entries = parseIndex(indexJson, 'index.json');
  const [root] = entries;
  if (root === undefined || new Set(entries.map(({ digest, mediaType, size }) => `${digest} ${mediaType} ${size}`)).size !== 1) {
    throw new ToolError(`The layout holds ${entries.length} images, expected one`);
  }
  const isIndex = INDEX_TYPES.includes(root.mediaType);
  const children = isIndex ? parseIndex(await readVerified(root, read), root.digest, root.mediaType) : [root];
  const platforms: PlatformImage[] = [];
  for (const child of children) platforms.push(await readImage(child, read));
  if (platforms.length === 0) throw new ToolError('The layout holds no image of any platform');
  const twice = platforms.find(({ platform }, index) => platforms.findIndex((other) => other.platform === platform) !== index);
  if (twice !== undefined) throw new ToolError(`The layout holds two images for ${twice.platform}`);
  return { root: bare(root), platforms, indexes: isIndex ? [bare(root)] : [] };
}

async function readImage(entry: Descriptor, read: ReadBlob): Promise<PlatformImage> {
  if (INDEX_TYPES.includes(entry.mediaType)) throw new ToolError(`${entry.digest} of the layout is an index within an index`);
  if (!MANIFEST_TYPES.includes(entry.mediaType)) throw unknownType(entry);
  const { config, layers } = parseManifest(await readVerified(entry, read), entry.digest, entry.mediaType);
  if (!CONFIG_TYPES.includes(config.mediaType)) throw unknownType(config);
  for (const layer of layers) if (!LAYER_TYPE.test(layer.mediaType)) throw unknownType(layer);
  const made = parseConfig(await readVerified(config, read), config.digest);
  // A scanner goes by the configuration's list of layers, and would pass over others.
  if (made.diffIds.length !== layers.length) {
    throw new ToolError(`The image ${entry.digest} has ${layers.length} layers, but ${made.diffIds.length} of them in its configuration`);
  }
  const blobs = [config, ...layers].map(bare);
  return {
    platform: platformOf(entry, made.platform),
    descriptor: bare(entry),
    bytes: blobs.reduce((sum, { size }) => sum + size, 0),
    blobs,
  };
}

/** As listed in the index, which may leave out or add a variant; else as the configuration says. */
function platformOf({ digest, platform: listed }: Descriptor, made: Platform): string {
  if (listed !== undefined && (listed.os !== made.os || listed.architecture !== made.architecture)) {
    throw new ToolError(`The image ${digest} is listed for ${platformText(listed)}, but is made for ${platformText(made)}`);
  }
  return platformText(listed ?? made);
}

async function readVerified(entry: Descriptor, read: ReadBlob): Promise<string> {
  const bytes = await read(entry.digest).catch((cause: unknown) => {
    throw new ToolError(`Blob ${entry.digest} of the layout cannot be read`, { cause });
  });
  const digest = sha256(bytes);
  if (digest !== entry.digest) throw new ToolError(`Blob ${entry.digest} of the layout has different content (${digest})`);
  if (bytes.length !== entry.size)
    throw new ToolError(`Blob ${entry.digest} of the layout has ${bytes.length} bytes instead of ${entry.size}`);
  return Buffer.from(bytes).toString('utf8');
}

export const sha256 = (bytes: Uint8Array | string): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const unknownType = ({ digest, mediaType }: Descriptor): ToolError =>
  new ToolError(`${digest} of the layout has the media type ${mediaType}, which cannot be scanned`, { reason: 'build-failed' });

function platformText({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter((part) => part !== undefined && part !== '').join('/');
}

/** `index.json` of a view on the layout that shows one image only. */
export function singleImageIndex(image: Descriptor): string {
  return JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [bare(image)] });
}

/** Without annotations such as names, which say nothing about the content. */
function bare({ mediaType, digest, size, platform }: Descriptor): Descriptor {
  return { mediaType, digest, size, ...(platform !== undefined && { platform }) };
}

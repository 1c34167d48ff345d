import { createHash } from 'node:crypto';
import { ToolError } from '../interfaces/errors.ts';
import type { Descriptor } from '../interfaces/registry.ts';
import type { PlatformImage } from './model.ts';

export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const INDEX_TYPES = [OCI_INDEX, 'application/vnd.docker.distribution.manifest.list.v2+json'];
const ATTESTATION = 'attestation-manifest';
/** A chain of indexes in a layout of ours has two links; more is a loop or an attack. */
const MAX_DEPTH = 4;

/** Reads a blob of the layout by digest. */
export type ReadBlob = (digest: string) => Promise<Uint8Array>;

interface Index {
  manifests: Descriptor[];
}

export interface LayoutContent {
  root: Descriptor;
  platforms: PlatformImage[];
  /** BuildKit's attestation manifests: pushed with the index, never scanned as an image. */
  attestations: Descriptor[];
}

/** `index.json` of an OCI layout that holds one image → its root, and the image of every platform. Throws ToolError for anything else. */
export async function readLayout(indexJson: string, read: ReadBlob): Promise<LayoutContent> {
  const { manifests } = parseIndex(indexJson, 'index.json');
  const [root] = manifests;
  if (root === undefined || new Set(manifests.map((entry) => entry.digest)).size !== 1) {
    throw new ToolError(`The layout holds ${manifests.length} images, expected one`);
  }
  const content: LayoutContent = { root: bare(root), platforms: [], attestations: [] };
  await collect(root, read, content, 0);
  if (content.platforms.length === 0) throw new ToolError('The layout holds no image of any platform');
  return content;
}

async function collect(entry: Descriptor, read: ReadBlob, content: LayoutContent, depth: number): Promise<void> {
  if (depth > MAX_DEPTH) throw new ToolError('The indexes of the layout are nested too deeply');
  if (entry.annotations?.['vnd.docker.reference.type'] === ATTESTATION) {
    content.attestations.push(entry);
    return;
  }
  const text = await readVerified(entry, read);
  if (INDEX_TYPES.includes(entry.mediaType)) {
    for (const child of parseIndex(text, entry.digest).manifests) await collect(child, read, content, depth + 1);
    return;
  }
  const manifest: Manifest = JSON.parse(text);
  const known = entry.platform !== undefined && entry.platform.os !== 'unknown' ? entry.platform : await platformOf(manifest, entry, read);
  const bytes = [manifest.config, ...(manifest.layers ?? [])].reduce((sum, blob) => sum + (blob?.size ?? 0), 0);
  content.platforms.push({ platform: platformText(known), descriptor: bare(entry), bytes });
}

interface Manifest {
  config?: Descriptor;
  layers?: Descriptor[];
}

/** A single image's manifest says its platform in its configuration only. */
async function platformOf({ config }: Manifest, entry: Descriptor, read: ReadBlob): Promise<NonNullable<Descriptor['platform']>> {
  if (config === undefined) throw new ToolError(`Manifest ${entry.digest} has no configuration`);
  const { os, architecture, variant }: Partial<NonNullable<Descriptor['platform']>> = JSON.parse(await readVerified(config, read));
  if (os === undefined || architecture === undefined) throw new ToolError(`Image ${entry.digest} does not say its platform`);
  return { os, architecture, variant };
}

async function readVerified(entry: Descriptor, read: ReadBlob): Promise<string> {
  const bytes = await read(entry.digest);
  const digest = sha256(bytes);
  if (digest !== entry.digest) throw new ToolError(`Blob ${entry.digest} of the layout has different content (${digest})`);
  return Buffer.from(bytes).toString('utf8');
}

function parseIndex(text: string, name: string): Index {
  const index: Partial<Index> = JSON.parse(text);
  if (!Array.isArray(index.manifests)) throw new ToolError(`${name} of the layout is not an OCI index`);
  return { manifests: index.manifests };
}

export const sha256 = (bytes: Uint8Array | string): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

function platformText(platform: NonNullable<Descriptor['platform']>): string {
  return [platform.os, platform.architecture, platform.variant].filter((part) => part !== undefined && part !== '').join('/');
}

/** `index.json` of a view on the layout that shows one image only. */
export function singleImageIndex(image: Descriptor): string {
  return JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [bare(image)] });
}

/** Without annotations such as names, which say nothing about the content. */
function bare({ mediaType, digest, size, platform }: Descriptor): Descriptor {
  return { mediaType, digest, size, platform };
}

import { ToolError } from '../interfaces/errors.ts';
import { isDigest } from '../interfaces/image-reference.ts';
import { parseJson } from '../interfaces/reading/json.ts';
import type { Descriptor } from '../interfaces/registry.ts';
import { isMap } from '../interfaces/values.ts';

/**
 * The documents of a layout, by a closed grammar: a field that is not listed here is refused, since the scanner or a container runtime may read
 * it in another way than we do. Both are written in Go, which takes field names in any case, and of a repeated one the last.
 */
const INDEX_FIELDS = ['schemaVersion', 'mediaType', 'manifests', 'annotations'];
const MANIFEST_FIELDS = ['schemaVersion', 'mediaType', 'config', 'layers', 'annotations'];
const DESCRIPTOR_FIELDS = ['mediaType', 'digest', 'size', 'platform', 'annotations'];
const PLATFORM_FIELDS = ['os', 'architecture', 'variant', 'os.version', 'os.features'];
/** Of those that decide what is scanned; a configuration may have any other. */
const CONFIG_FIELDS = ['os', 'architecture', 'variant', 'os.version', 'os.features', 'rootfs', 'history', 'config'];
const ROOTFS_FIELDS = ['type', 'diff_ids'];

export type Platform = NonNullable<Descriptor['platform']>;
type Json = Record<string, unknown>;

/** The entries of an index. `name` is the document's, for errors. */
export function parseIndex(text: string, name: string, mediaType?: string): Descriptor[] {
  const index = document(text, name, INDEX_FIELDS, mediaType);
  if (!Array.isArray(index.manifests)) throw new ToolError(`${name} of the layout is not an OCI index`);
  return index.manifests.map((entry) => descriptor(entry, name));
}

export function parseManifest(text: string, name: string, mediaType: string): { config: Descriptor; layers: Descriptor[] } {
  const manifest = document(text, name, MANIFEST_FIELDS, mediaType);
  if (!Array.isArray(manifest.layers)) throw new ToolError(`${name} lists no layers`);
  return { config: descriptor(manifest.config, name), layers: manifest.layers.map((layer) => descriptor(layer, name)) };
}

/** What an image's configuration says: its platform, and the digests of its layers as they are unpacked. */
export function parseConfig(text: string, name: string): { platform: Platform; diffIds: string[] } {
  const config = object(text, name);
  for (const key of Object.keys(config)) {
    if (CONFIG_FIELDS.includes(folded(key)) && folded(key) !== key)
      throw new ToolError(`${name} has the field "${key}" for "${folded(key)}"`);
  }
  const rootfs = isMap(config.rootfs) ? config.rootfs : {};
  closed(rootfs, ROOTFS_FIELDS, `The field "rootfs" of ${name}`);
  return { platform: platform(config, name), diffIds: Array.isArray(rootfs.diff_ids) ? rootfs.diff_ids.map(String) : [] };
}

/** As Go compares: `ROOTFS` and `rootf\u017f` are `rootfs` to it. */
const folded = (key: string): string => key.toUpperCase().toLowerCase();

function document(text: string, name: string, fields: readonly string[], mediaType: string | undefined): Json {
  const found = object(text, name);
  closed(found, fields, name);
  if (mediaType !== undefined && found.mediaType !== undefined && found.mediaType !== mediaType) {
    throw new ToolError(`${name} is listed as ${mediaType} and says ${String(found.mediaType)} of itself`);
  }
  return found;
}

function object(text: string, name: string): Json {
  const value = parseJson<unknown>(text, (why) => new ToolError(`${name} of the layout is not JSON: ${why}`));
  if (!isMap(value)) throw new ToolError(`${name} of the layout is not an object`);
  const written = [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined).length;
  if (written !== keysOf(value)) throw new ToolError(`${name} of the layout has a key twice`);
  return value;
}

function keysOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const items = Object.values(value);
  return items.reduce<number>((sum, item) => sum + keysOf(item), Array.isArray(value) ? 0 : items.length);
}

function descriptor(value: unknown, name: string): Descriptor {
  const { mediaType, digest, size, annotations, ...more } = isMap(value) ? value : {};
  if (typeof digest !== 'string' || !isDigest(digest)) throw new ToolError(`${name} refers to "${String(digest)}", which is not a digest`);
  if (typeof mediaType !== 'string' || typeof size !== 'number') throw new ToolError(`${name} says neither type nor size of ${digest}`);
  closed({ ...more }, DESCRIPTOR_FIELDS, `${digest} in ${name}`);
  return {
    mediaType,
    digest,
    size,
    ...(isMap(annotations) && { annotations: annotationsOf(annotations, digest) }),
    ...(more.platform !== undefined && { platform: listedPlatform(more.platform, digest) }),
  };
}

/** Marks such as BuildKit's for an attestation: `vnd.docker.reference.type`. None is asked for, and anybody may write them. */
function annotationsOf(annotations: Json, digest: string): Record<string, string> {
  const mark = Object.keys(annotations).find((key) => key.startsWith('vnd.docker.reference.'));
  if (mark === undefined) return Object.fromEntries(Object.entries(annotations).map(([key, value]) => [key, String(value)]));
  throw new ToolError(`${digest} of the layout calls itself a reference to another image (${mark})`, {
    reason: 'build-failed',
    hint: 'attestations are made after the scan, by the inputs "sbom" and "provenance"; which "# syntax=" line does the Dockerfile have?',
  });
}

function listedPlatform(value: unknown, name: string): Platform {
  if (!isMap(value)) throw new ToolError(`The platform of ${name} is not an object`);
  closed(value, PLATFORM_FIELDS, `The platform of ${name}`);
  return platform(value, name);
}

function platform({ os, architecture, variant }: Json, name: string): Platform {
  if (typeof os !== 'string' || typeof architecture !== 'string') throw new ToolError(`${name} does not say its platform`);
  if (!['linux', 'windows'].includes(os) || !/^[a-z0-9]+$/.test(architecture) || architecture === 'unknown') {
    throw new ToolError(`${name} has the platform ${os}/${architecture}, which nothing runs on`);
  }
  return { os, architecture, ...(typeof variant === 'string' && variant !== '' && { variant }) };
}

function closed(value: Json, fields: readonly string[], name: string): void {
  const other = Object.keys(value).find((key) => !fields.includes(key));
  if (other !== undefined) throw new ToolError(`${name} has the field "${other}", which an image that is to be scanned must not have`);
}

import { createHash } from 'node:crypto';
import { createReadStream, type Dirent } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type HandedOverBlob, handOverIndex, readHandedOver, refused } from '../../build/handed-over.ts';
import type { BuiltLayout, ImageSpec } from '../../build/model.ts';
import { ConfigurationError, DeployError } from '../../interfaces/errors.ts';
import { layerStream } from '../../interfaces/reading/layer-stream.ts';
import { messageOf } from '../../interfaces/values.ts';

/** A layout and nothing else. */
const MARK = '{"imageLayoutVersion":"1.0.0"}';
const BLOB = /^[0-9a-f]{64}$/;
/** Of a manifest or a configuration: what registries take. */
const MAX_DOCUMENT_BYTES = 4 * 1024 * 1024;
const MIB = 1024 * 1024;

export interface HandOverLimits {
  /** Bytes of all files together. */
  maxBytes: number;
  /** Bytes of all layers together, unpacked: a node that pulls them has to hold them. */
  maxUnpackedBytes: number;
}

export const HAND_OVER_LIMITS: HandOverLimits = { maxBytes: 8192 * MIB, maxUnpackedBytes: 24_576 * MIB };

/** Writes the images into one OCI layout, which another job reads. Errors: `ConfigurationError` where something is in the folder. */
export async function writeHandOver(folder: string, layouts: readonly BuiltLayout[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) {
    throw new ConfigurationError(`Input "write-layout" names ${folder}, which is not empty`, { hint: 'name a folder of its own' });
  }
  await mkdir(join(folder, 'blobs', 'sha256'), { recursive: true });
  const copied = new Set<string>();
  for (const { layout, indexes, platforms, spec } of layouts) {
    if (layout === undefined) throw new Error(`Image "${spec.name}" was not built: with "write-layout" each one is`);
    for (const { digest } of [...indexes, ...platforms.flatMap(({ descriptor, blobs }) => [descriptor, ...blobs])]) {
      if (copied.has(digest)) continue;
      copied.add(digest);
      await copyFile(blobPath(layout, digest), blobPath(folder, digest));
    }
  }
  await writeFile(join(folder, 'oci-layout'), MARK);
  await writeFile(join(folder, 'index.json'), handOverIndex(layouts));
}

/**
 * Reads the layout that a job wrote which may have run anybody's code. Every byte is proved by a digest, layers unpacked as well; no link is
 * followed. Throws DeployError (`layout-refused`).
 */
export async function readHandOver(
  folder: string,
  { images, ownPlatform, limits }: { images: readonly ImageSpec[]; ownPlatform: string; limits: HandOverLimits },
  signal: AbortSignal,
): Promise<BuiltLayout[]> {
  const sizes = await sizesOf(folder, limits);
  const mark = await readFile(join(folder, 'oci-layout'), 'utf8');
  if (mark.trim() !== MARK) throw refused('its file "oci-layout" does not say version 1.0.0');
  const read = async (digest: string): Promise<Uint8Array> => {
    const size = sizes.get(digest);
    if (size === undefined) throw refused(`it lacks the blob ${digest}`);
    if (size > MAX_DOCUMENT_BYTES) throw refused(`the document ${digest} has ${size} bytes`);
    return readFile(blobPath(folder, digest));
  };
  const { layouts, blobs } = await readHandedOver(
    await readFile(join(folder, 'index.json'), 'utf8'),
    { images, folder, ownPlatform },
    read,
  );
  const meant = new Set(blobs.map(({ digest }) => digest));
  const other = [...sizes.keys()].find((digest) => !meant.has(digest));
  if (other !== undefined) throw refused(`it holds the blob ${other}, which belongs to no image`);
  const proved = new Map<string, string | undefined>();
  let unpacked = 0;
  for (const blob of blobs) {
    signal.throwIfAborted();
    const size = sizes.get(blob.digest);
    if (size === undefined) throw refused(`it lacks the blob ${blob.digest}`);
    if (size !== blob.size) throw refused(`the blob ${blob.digest} has ${size} bytes instead of ${blob.size}`);
    if (proved.has(blob.digest) && proved.get(blob.digest) === blob.diffId) continue;
    unpacked += await prove(folder, blob, { unpacked, ...limits }, signal);
    proved.set(blob.digest, blob.diffId);
  }
  return layouts;
}

/** Sizes of the blobs by digest. Nothing but the files of a layout may be there. */
async function sizesOf(folder: string, { maxBytes }: HandOverLimits): Promise<Map<string, number>> {
  await only(folder, '', { files: /^(?:oci-layout|index\.json)$/, folders: /^blobs$/ });
  await only(folder, 'blobs', { files: /^$/, folders: /^sha256$/ });
  const names = await only(folder, 'blobs/sha256', { files: BLOB, folders: /^$/ });
  const sizes = new Map<string, number>();
  let total = 0;
  for (const name of ['oci-layout', 'index.json', ...names.map((one) => `blobs/sha256/${one}`)]) {
    const { size } = await lstat(join(folder, name)).catch(() => {
      throw refused(`it has no ${name}`);
    });
    total += size;
    if (total > maxBytes) throw refused(`it has more than ${Math.floor(maxBytes / MIB)} MiB`);
    if (!name.startsWith('blobs/') && size > MAX_DOCUMENT_BYTES) throw refused(`its ${name} has ${size} bytes`);
    if (name.startsWith('blobs/')) sizes.set(`sha256:${name.slice('blobs/sha256/'.length)}`, size);
  }
  return sizes;
}

/** Names of what a folder of the layout holds. A link is neither a file nor a folder here. */
async function only(folder: string, path: string, { files, folders }: { files: RegExp; folders: RegExp }): Promise<string[]> {
  const entries = await readdir(join(folder, path), { withFileTypes: true }).catch((cause: unknown): Dirent[] => {
    throw refused(`it has no folder "${path}"`, cause);
  });
  const odd = entries.find((entry) => !(entry.isFile() && files.test(entry.name)) && !(entry.isDirectory() && folders.test(entry.name)));
  if (odd === undefined) return entries.map(({ name }) => name);
  const kind = odd.isSymbolicLink() ? 'a symbolic link' : odd.isFile() ? 'a file' : odd.isDirectory() ? 'a folder' : 'something';
  throw refused(`it holds ${kind} "${join(path, odd.name).slice(0, 200)}", which a layout has not`);
}

/** Returns how many bytes it unpacks to; 0 for what is no layer. `unpacked`: bytes of those before it. */
async function prove(
  folder: string,
  blob: HandedOverBlob,
  { unpacked: before, maxUnpackedBytes }: { unpacked: number; maxUnpackedBytes: number },
  signal: AbortSignal,
): Promise<number> {
  const [packed, unpacked] = [createHash('sha256'), createHash('sha256')];
  let bytes = 0;
  const hashing = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      packed.update(chunk);
      yield chunk;
    }
  };
  const counting = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of source) {
      bytes += chunk.length;
      if (before + bytes > maxUnpackedBytes) throw refused(`its layers unpack to more than ${Math.floor(maxUnpackedBytes / MIB)} MiB`);
      unpacked.update(chunk);
    }
  };
  const [source, unpack] = [
    createReadStream(blobPath(folder, blob.digest)),
    blob.diffId === undefined ? undefined : layerStream(blob.mediaType),
  ];
  try {
    if (unpack === undefined) await pipeline(source, hashing, counting, { signal });
    else await pipeline(source, hashing, unpack, counting, { signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DeployError) throw error;
    throw refused(`the layer ${blob.digest} cannot be unpacked: ${messageOf(error)}`, error);
  }
  const digest = `sha256:${packed.digest('hex')}`;
  if (digest !== blob.digest) throw refused(`the blob ${blob.digest} has other content (${digest})`);
  const diffId = `sha256:${unpacked.digest('hex')}`;
  if (blob.diffId === undefined) return 0;
  if (diffId !== blob.diffId)
    throw refused(`the layer ${blob.digest} unpacks to ${diffId}, and its image says ${blob.diffId.slice(0, 80)}`);
  return bytes;
}

const blobPath = (folder: string, digest: string): string => join(folder, 'blobs', ...digest.split(':'));

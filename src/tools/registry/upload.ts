import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HttpError, ToolError } from '../../interfaces/errors.ts';
import { isDigest } from '../../interfaces/image-reference.ts';
import type { Descriptor, PushLayoutRequest, PushReport } from '../../interfaces/registry.ts';
import { withRetries } from '../retry.ts';
import { SIZE_HINT } from './errors.ts';
import { holderOf } from './holder.ts';
import { digestOf } from './manifests.ts';
import { type Place, parseRepository } from './reference.ts';
import type { RegistrySession } from './session.ts';

const SIDE_BY_SIDE = 4;
const LOST_ATTEMPTS = 3;
/** A layer of 1 GiB over 10 Mbit/s takes 15 minutes. */
const UPLOAD_LIMIT_MS = 20 * 60_000;

const sizeText = (bytes: number): string => (bytes < 1 << 20 ? `${Math.ceil(bytes / 1024)} KiB` : `${Math.round(bytes / (1 << 20))} MiB`);

/** Where a blob comes from. */
interface Blob {
  digest: string;
  size: number;
  body: () => Uint8Array | ReturnType<typeof createReadStream>;
}

/** What became of a blob that was asked for. */
type Put = 'uploaded' | 'mounted' | 'present';

/** Uploads unless it is there, or mounts it from another repository. */
export async function putBlob(session: RegistrySession, place: Place, blob: Blob, { signal, from }: PutOptions = {}): Promise<Put> {
  const what = `blob ${blob.digest} (${sizeText(blob.size)}) of ${place.registry}/${place.path}`;
  const base = `/v2/${place.path}/blobs`;
  const head = await session.send(place, {
    method: 'HEAD',
    path: `${base}/${blob.digest}`,
    action: 'push',
    accept: [200, 404, 307],
    signal,
    what,
  });
  if (head.status !== 404) return 'present';
  const put = (other: Place | undefined): Promise<Put> => upload(session, place, { blob, base, what, signal }, other);
  if (from === undefined) return await put(undefined);
  const find = (): Promise<Place | undefined> => holderOf(blob.digest, from, session, signal);
  return await session.shared.put(blob.digest, place, find, put);
}

async function upload(session: RegistrySession, place: Place, sent: Sent, from: Place | undefined): Promise<Put> {
  const { base, what, signal } = sent;
  if (from !== undefined && (await mounted(session, place, sent, from))) return 'mounted';
  const send = async (): Promise<void> => {
    const begun = await session.once(place, { method: 'POST', path: `${base}/uploads/`, action: 'push', accept: [202], signal, what });
    await putContent(session, place, sent, begun.headers.location);
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      await withRetries('safe', send, { signal });
      return 'uploaded';
    } catch (error) {
      if (attempt === LOST_ATTEMPTS || !isLostUpload(error)) throw inWordsOfUpload(error);
    }
  }
}

/** A registry that does not mount begins an upload, which is given up; one that refuses is sent the bytes. */
async function mounted(session: RegistrySession, place: Place, { blob, base, what, signal }: Sent, from: Place): Promise<boolean> {
  const query = `mount=${encodeURIComponent(blob.digest)}&from=${encodeURIComponent(from.path)}`;
  const request = { method: 'POST', path: `${base}/uploads/?${query}`, action: 'push', from, accept: [201, 202], signal, what } as const;
  try {
    return (await session.once(place, request)).status === 201;
  } catch (error) {
    if (error instanceof HttpError) return false;
    throw error;
  }
}

/** The second half of an upload: the bytes. */
async function putContent(session: RegistrySession, place: Place, { blob, what, signal }: Sent, begun: string | undefined): Promise<void> {
  const location = new URL(begun ?? '', await session.origin());
  location.searchParams.set('digest', blob.digest);
  await session.once(place, {
    method: 'PUT',
    path: location.href,
    action: 'push',
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(blob.size) },
    body: blob.body,
    accept: [201],
    timeoutMs: UPLOAD_LIMIT_MS,
    signal,
    what,
  });
}

/** A registry of several servers may forget an upload that another of them began, or get half of it. It starts again. */
const isLostUpload = (error: unknown): boolean =>
  error instanceof HttpError && ['BLOB_UPLOAD_UNKNOWN', 'BLOB_UPLOAD_INVALID', 'DIGEST_INVALID'].includes(error.code ?? '');

/** A connection that is cut again and again while bytes are sent is mostly a limit. */
function inWordsOfUpload(error: unknown): unknown {
  if (!(error instanceof HttpError) || error.code !== 'Reset') return error;
  return new HttpError(error.message, { status: 0, code: error.code, hint: `if it is always this blob: ${SIZE_HINT}`, cause: error.cause });
}

interface PutOptions {
  signal?: AbortSignal | undefined;
  /** Repositories that may hold it. */
  from?: readonly Place[];
}

interface Sent {
  blob: Blob;
  /** Path of the repository's blobs. */
  base: string;
  what: string;
  signal: AbortSignal | undefined;
}

export async function putManifest(
  session: RegistrySession,
  place: Place,
  options: { bytes: Uint8Array; mediaType: string; reference: string; signal?: AbortSignal | undefined },
): Promise<Record<string, string>> {
  const response = await session.send(place, {
    method: 'PUT',
    path: `/v2/${place.path}/manifests/${options.reference}`,
    action: 'push',
    headers: { 'content-type': options.mediaType, 'content-length': String(options.bytes.length) },
    body: () => options.bytes,
    accept: [201, 202],
    signal: options.signal,
    what: `manifest ${options.reference} of ${place.registry}/${place.path}`,
  });
  return response.headers;
}

/** What is gone is fine. */
export async function removeManifest(
  session: RegistrySession,
  place: Place,
  { reference, what, signal }: { reference: string; what: string; signal?: AbortSignal | undefined },
): Promise<void> {
  const path = `/v2/${place.path}/manifests/${reference}`;
  await session.send(place, { method: 'DELETE', path, action: 'delete', accept: [200, 202, 204, 404], signal, what });
}

/** Sends what was asked for, as the layout holds it: blobs, then manifests. */
export async function pushLayout(session: RegistrySession, request: PushLayoutRequest): Promise<PushReport> {
  const place = parseRepository(request.repository);
  const { layout, signal } = request;
  const from = (request.mountFrom ?? []).map(parseRepository).filter(({ host, path }) => host === place.host && path !== place.path);
  const report: PushReport = { blobsUploaded: 0, blobsMounted: 0, blobsPresent: 0, bytesUploaded: 0, manifests: [] };
  const queue = [...request.blobs].sort((a, b) => b.size - a.size);
  const worker = async () => {
    for (let blob = queue.shift(); blob !== undefined; blob = queue.shift()) {
      signal?.throwIfAborted();
      const { digest, size } = blob;
      const path = await checkedPath(layout, blob);
      const put = await putBlob(session, place, { digest, size, body: () => createReadStream(path) }, { signal, from });
      if (put === 'present') report.blobsPresent += 1;
      else if (put === 'mounted') report.blobsMounted += 1;
      else {
        report.blobsUploaded += 1;
        report.bytesUploaded += size;
        request.onProgress?.(`uploaded ${digest.slice(0, 19)}… (${sizeText(size)})`);
      }
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  for (const { digest, mediaType } of request.manifests) {
    const bytes = await readFile(blobPath(layout, digest));
    if (digestOf(bytes) !== digest) throw new ToolError(`The blob ${digest} of the layout has different content`);
    await putManifest(session, place, { bytes, mediaType, reference: digest, signal });
    report.manifests.push(digest);
  }
  return report;
}

/** Its content is checked by the registry, which computes the digest. */
async function checkedPath(layout: string, { digest, size }: Descriptor): Promise<string> {
  const path = blobPath(layout, digest);
  const found = await stat(path).catch((cause: unknown) => {
    throw new ToolError(`The blob ${digest} of the layout cannot be read`, { cause });
  });
  if (found.size !== size) throw new ToolError(`The blob ${digest} of the layout has ${found.size} bytes instead of ${size}`);
  return path;
}

function blobPath(layout: string, digest: string): string {
  if (!isDigest(digest)) throw new ToolError(`"${digest}" is not a digest`);
  return join(layout, 'blobs', ...digest.split(':'));
}

import { gzipSync } from 'node:zlib';
import { ToolError } from '../../interfaces/errors.ts';
import type { Log } from '../../interfaces/log.ts';
import { gunzip } from '../../interfaces/reading/gunzip.ts';
import { tryJsonObject } from '../../interfaces/reading/json.ts';
import type { Descriptor, Registry } from '../../interfaces/registry.ts';
import { isMap, messageOf } from '../../interfaces/values.ts';
import { type FindSettings, rootsOf } from './find.ts';

/** What the scanner knows of an image's layers, each by the digest of its content: the next image shares most of them. */
export const LAYERS_TYPE = 'application/vnd.todo-deploy.layers.v1+json';
const MAX_BYTES = 64 * 1024 * 1024;

/** By platform. */
export type KnownLayers = Record<string, Uint8Array>;

/** Of the last image that was pushed under one of the tags. Nothing where there is none, or where another version of the scanner wrote it. */
export async function findLayers(settings: FindSettings, scanner: string, registry: Registry): Promise<KnownLayers> {
  const { repository, signal } = settings;
  for (const root of await rootsOf(settings, registry)) {
    const referrers = await registry.referrers(repository, root.digest, signal);
    const found = referrers.findLast(({ artifactType }) => artifactType === LAYERS_TYPE);
    const content = found === undefined ? undefined : await registry.artifact(repository, found.digest, signal);
    const layers = content === undefined ? undefined : decodeLayers(content, scanner);
    if (layers !== undefined) return layers;
  }
  return {};
}

export async function keepLayers(
  image: { name: string; repository: string; root: Descriptor },
  { scanner, layers }: { scanner: string; layers: KnownLayers },
  { registry, log, signal }: { registry: Registry; log: Log; signal: AbortSignal },
): Promise<void> {
  if (Object.keys(layers).length === 0) return;
  const content = encodeLayers(scanner, layers);
  await registry
    .attach({ repository: image.repository, subject: image.root, artifactType: LAYERS_TYPE, content, replaces: true, signal })
    .catch((error: unknown) => {
      signal.throwIfAborted();
      log.debug(`[${image.name}] what is known of its layers was not written: ${messageOf(error)}`);
    });
}

export function encodeLayers(scanner: string, layers: KnownLayers): Buffer {
  const packed = Object.entries(layers).map(([platform, bytes]) => [platform, gzipSync(bytes).toString('base64')]);
  return Buffer.from(JSON.stringify({ scanner, layers: Object.fromEntries(packed) }));
}

export function decodeLayers(content: Uint8Array, scanner: string): KnownLayers | undefined {
  const value = tryJsonObject<Record<string, unknown>>(Buffer.from(content).toString('utf8'));
  if (value === undefined || value.scanner !== scanner || !isMap(value.layers)) return undefined;
  try {
    const unpacked = Object.entries(value.layers).map(([platform, text]) => {
      return [platform, gunzip(Buffer.from(String(text), 'base64'), MAX_BYTES, (why) => new ToolError(why))] as const;
    });
    return Object.fromEntries(unpacked);
  } catch {
    return undefined;
  }
}

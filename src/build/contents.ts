import { ToolError } from '../interfaces/errors.ts';
import type { Descriptor } from '../interfaces/registry.ts';
import type { BuiltLayout } from './model.ts';

export interface PushContents {
  /** Leaves first, the root last. */
  manifests: Descriptor[];
  blobs: Descriptor[];
}

/**
 * What goes to the registry: the images that were scanned, and the indexes that were read. `scanned` are digests of the scans themselves.
 * Throws ToolError where an image was not among them.
 */
export function contentsOf({ spec, platforms, indexes }: BuiltLayout, scanned: ReadonlySet<string>): PushContents {
  for (const { platform, descriptor } of platforms) {
    if (!scanned.has(descriptor.digest)) throw unscanned(spec.name, `${descriptor.digest} (${platform}) was not scanned`);
  }
  const blobs = new Map(platforms.flatMap((image) => image.blobs.map((blob) => [blob.digest, blob] as const)));
  return { manifests: [...platforms.map(({ descriptor }) => descriptor), ...indexes], blobs: [...blobs.values()] };
}

/** What was sent must be that, no more and no less. Throws ToolError. */
export function checkSent(name: string, { manifests }: PushContents, sent: readonly string[]): void {
  const wanted = new Set(manifests.map(({ digest }) => digest));
  const more = sent.find((digest) => !wanted.has(digest));
  if (more !== undefined) throw unscanned(name, `${more} was sent, which was not scanned`);
  const missing = [...wanted].find((digest) => !sent.includes(digest));
  if (missing !== undefined) throw unscanned(name, `${missing} was not sent`);
}

const unscanned = (name: string, what: string): ToolError =>
  new ToolError(`Image "${name}": ${what}`, { reason: 'push-failed', hint: 'no tag was set; please report this' });

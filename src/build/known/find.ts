import { ToolError } from '../../interfaces/errors.ts';
import { tryJson } from '../../interfaces/reading/json.ts';
import type { Descriptor, Registry } from '../../interfaces/registry.ts';
import { fieldAt } from '../../interfaces/values.ts';
import { readLayout } from '../layout.ts';
import type { BuiltLayout, ImageSpec, PlatformImage } from '../model.ts';
import type { LastBuild } from '../rebuild.ts';
import { type BuildRecord, decodeRecord, KEY_ANNOTATION, RECORD_TYPE } from './record.ts';
import type { Source } from './sources.ts';

/** Records that are looked at for one image: a newer one stands beside older ones. */
const MAX_RECORDS = 8;

export interface FindSettings {
  /** `host/prefix/name`. */
  repository: string;
  /** Where the image of an earlier run may be found. */
  tags: readonly string[];
  /** Types of referrers that every platform's image is to have. */
  referrers: readonly string[];
  signal?: AbortSignal | undefined;
}

export interface FindTools {
  registry: Registry;
  /** What a name leads to now, where the builder looks; undefined where that cannot be said. */
  resolve(image: string): Promise<string | undefined>;
}

/** An image that the registry has, and what its record says of it. */
export interface Recorded {
  layout: BuiltLayout;
  record: BuildRecord;
}

/**
 * Looks for an image that was built from the very same: the same key, and every source leads where it led. What the image is made of is read from
 * the registry and checked as a layout is: the record is believed about nothing else than the scan of these digests.
 */
export async function findRecorded(image: ImageSpec, key: string, settings: FindSettings, tools: FindTools): Promise<Recorded | undefined> {
  for (const root of await rootsOf(settings, tools.registry)) {
    const record = await recordOf(root, key, settings, tools);
    if (record === undefined || !(await leadsThere(record.sources, tools))) continue;
    const layout = await readImage(image, root, settings, tools.registry);
    if (layout === undefined || !isScanned(layout.platforms, record)) continue;
    if (await hasReferrers(layout.platforms, settings, tools.registry)) return { layout, record };
  }
  return undefined;
}

/** What the last image of this name was built from, whatever goes into the next one. */
export async function lastBuild(settings: FindSettings, tools: FindTools): Promise<LastBuild | undefined> {
  for (const root of await rootsOf(settings, tools.registry)) {
    const record = await recordOf(root, undefined, settings, tools);
    if (record !== undefined) return { freshAt: record.freshAt, baseMoved: !(await leadsThere(record.sources, tools)) };
  }
  return undefined;
}

/** The images that the tags lead to, each once. */
export async function rootsOf({ repository, tags, signal }: FindSettings, registry: Registry): Promise<Descriptor[]> {
  const heads = await Promise.all([...new Set(tags)].map((tag) => registry.head(repository, tag, signal)));
  return [...new Map(heads.flatMap((head) => (head === undefined ? [] : [[head.digest, head] as const]))).values()];
}

/** The newest with this key: registries list what was attached last at the end. */
async function recordOf(root: Descriptor, key: string | undefined, { repository, signal }: FindSettings, { registry }: FindTools) {
  const referrers = (await registry.referrers(repository, root.digest, signal)).filter(({ artifactType }) => artifactType === RECORD_TYPE);
  const candidates = referrers
    .filter(({ annotations }) => key === undefined || (annotations?.[KEY_ANNOTATION] ?? key) === key)
    .slice(-MAX_RECORDS);
  const records: BuildRecord[] = [];
  for (const { digest } of candidates) {
    const content = await registry.artifact(repository, digest, signal);
    const record = content === undefined ? undefined : decodeRecord(content);
    if (record !== undefined && (key === undefined || record.key === key)) records.push(record);
  }
  const madeAt = (record: BuildRecord): number => Date.parse(record.database?.updatedAt ?? '') || 0;
  return records.sort((a, b) => madeAt(a) - madeAt(b)).at(-1);
}

async function leadsThere(sources: readonly Source[], { resolve }: FindTools): Promise<boolean> {
  const digests = await Promise.all(sources.map(({ image }) => resolve(image)));
  return sources.every(({ digest }, index) => digests[index] === digest);
}

async function readImage(image: ImageSpec, root: Descriptor, { repository, signal }: FindSettings, registry: Registry) {
  // Configurations are named by the manifests, which are read before them.
  const configs = new Set<unknown>();
  const read = async (digest: string): Promise<Uint8Array> => {
    const isConfig = configs.has(digest);
    const bytes = isConfig ? await registry.blob(repository, digest, signal) : (await registry.manifest(repository, digest, signal))?.bytes;
    if (bytes === undefined) throw new ToolError(`${repository} has no ${digest}`);
    if (!isConfig) configs.add(fieldAt(tryJson(Buffer.from(bytes).toString('utf8')), 'config', 'digest'));
    return bytes;
  };
  const found = await registry.manifest(repository, root.digest, signal);
  if (found === undefined || found.descriptor.digest !== root.digest) return undefined;
  try {
    const content = await readLayout(JSON.stringify({ schemaVersion: 2, manifests: [found.descriptor] }), read);
    return { spec: image, layout: undefined, ...content, provenance: {}, durationMs: 0 } satisfies BuiltLayout;
  } catch {
    signal?.throwIfAborted();
    // Not such as we would push.
    return undefined;
  }
}

/** Each platform by its digest, and nothing else. */
function isScanned(platforms: readonly PlatformImage[], { scans }: BuildRecord): boolean {
  const names = (list: readonly string[]): string => [...list].sort().join(' ');
  return (
    names(platforms.map(({ platform, descriptor }) => `${platform}@${descriptor.digest}`)) ===
    names(scans.map(({ platform, digest }) => `${platform}@${digest}`))
  );
}

async function hasReferrers(platforms: readonly PlatformImage[], settings: FindSettings, registry: Registry): Promise<boolean> {
  if (settings.referrers.length === 0) return true;
  const lists = await Promise.all(
    platforms.map(({ descriptor }) => registry.referrers(settings.repository, descriptor.digest, settings.signal)),
  );
  return lists.every((list) => settings.referrers.every((type) => list.some(({ artifactType }) => artifactType === type)));
}

import { createHash } from 'node:crypto';
import type { BuildContexts } from '../../interfaces/build-context.ts';
import type { ImageSpec } from '../model.ts';

/** Raised where the same inputs would be built in another way. */
const SCHEME = 1;
/** They follow the commit, not the content: an image that has not changed keeps those of the build that made it. */
const OF_THE_COMMIT = new Set(['revision', 'created', 'version'].map((name) => `org.opencontainers.image.${name}`));

export interface KeySettings {
  /** Ids: as for BuildKit's own cache, their values are no part of what is built. */
  secrets: readonly string[];
  labels: Readonly<Record<string, string>>;
  /** Build contexts that are added to the image's own. */
  contexts: Readonly<Record<string, string>>;
  /** Where it is built, as the input says it. */
  builder: string;
  /** SOURCE_DATE_EPOCH of the job. */
  epoch: string;
  signal?: AbortSignal | undefined;
}

/** Whether an image need not be built where the registry has it. */
export const mayBeKnown = ({ noCache, noCacheFilters, outputs }: ImageSpec): boolean =>
  !noCache && (noCacheFilters?.length ?? 0) === 0 && (outputs?.length ?? 0) === 0;

/**
 * One hash over all that this machine gives to a build. Together with the sources that a build takes from elsewhere (`Source`) it says whether
 * a build would find every step in its cache. Undefined where that cannot be said.
 */
export async function contentKey(image: ImageSpec, settings: KeySettings, files: BuildContexts): Promise<string | undefined> {
  const contexts = { ...image.contexts, ...settings.contexts };
  const folders = await Promise.all([
    files.digest(image.context, image.file, settings.signal),
    ...Object.values(contexts)
      .filter((value) => !value.includes('://'))
      .map((folder) => files.digest(folder, undefined, settings.signal)),
  ]);
  if (folders.includes(undefined) || Object.values(contexts).some(isUnknowable)) return undefined;
  const parts = [
    SCHEME,
    folders,
    await files.dockerfile(image.file ?? `${image.context}/Dockerfile`),
    image.target ?? '',
    sorted(image.buildArgs),
    sorted(without({ ...settings.labels, ...image.labels })),
    sorted(without(image.annotations ?? {})),
    sorted(Object.fromEntries(Object.entries(contexts).map(([name, value]) => [name, value.includes('://') ? value : 'folder']))),
    [...image.platforms],
    [...settings.secrets].sort(),
    (image.ssh ?? []).map((agent) => agent.split('=')[0]).sort(),
    [settings.builder, process.arch, settings.epoch],
  ];
  return `sha256:${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
}

/** An image is looked up anew, and a folder is read; what else there is may change behind its address. */
const isUnknowable = (context: string): boolean => context.includes('://') && !context.startsWith('docker-image://');

const sorted = (values: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(values).sort(([a], [b]) => (a < b ? -1 : Number(a > b)));

const without = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !OF_THE_COMMIT.has(name.replace(/^[a-z,]+:/, ''))));

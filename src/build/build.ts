import type { Builder, BuildRequest } from '../interfaces/builder.ts';
import { ToolError } from '../interfaces/errors.ts';
import type { LayoutStore } from '../interfaces/layout-store.ts';
import type { Log } from '../interfaces/log.ts';
import { BuildWords } from './build-words.ts';
import { readLayout } from './layout.ts';
import type { BuiltLayout, CacheUse, ImageSpec } from './model.ts';

export interface BuildSettings {
  /** The builder's name. */
  builder: string;
  secrets: BuildRequest['secrets'];
  labels: Readonly<Record<string, string>>;
  /** Build contexts of an image. */
  contexts: (image: ImageSpec) => Readonly<Record<string, string>>;
  /** Values of `--cache-from` for an image. */
  cacheFrom: (image: ImageSpec) => string[];
  /** Time of everything in the images, in seconds since 1970; undefined: when it was made. */
  epoch?: number | undefined;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

export interface BuildTools {
  builder: Builder;
  store: LayoutStore;
  log: Log;
}

/** Builds an image into an OCI layout of its own. Nothing leaves this machine. */
export async function buildImage(image: ImageSpec, settings: BuildSettings, tools: BuildTools): Promise<BuiltLayout> {
  const layout = await tools.store.create(`layout-${image.name}`);
  const request = requestFor(image, settings);
  const { result, cache } = await watched(image, { show: (line) => tools.log.info(line), limitMs: settings.timeoutMs }, (onLine) =>
    tools.builder.build({ ...request, ...freshness(image), output: { kind: 'layout', folder: layout }, onLine }),
  );
  const { root, platforms, indexes } = await readLayout(await tools.store.index(layout), (digest) => tools.store.blob(layout, digest));
  if (result.digest !== undefined && result.digest !== root.digest) {
    throw new ToolError(`Image "${image.name}": the builder says ${result.digest}, its layout holds ${root.digest}`);
  }
  tools.log.info(`[${image.name}] built ${root.digest} for ${platforms.map(({ platform }) => platform).join(', ')}`);
  const { provenance, durationMs } = result;
  return { spec: image, layout, root, platforms, indexes, provenance, durationMs, cache };
}

/** Writes the cache of an image that passed the gate: the same build again, every step of it cached, with the cache as its only output. */
export async function exportCache(
  image: ImageSpec,
  request: Omit<BuildRequest, 'output'>,
  tools: Omit<BuildTools, 'store'>,
): Promise<void> {
  // Its lines are the build's once more.
  const show = (line: string): void => tools.log.debug(line);
  const how = { show, limitMs: request.timeoutMs, failed: 'has no new build cache' };
  await watched(image, how, (onLine) => tools.builder.build({ ...request, output: { kind: 'cache' }, onLine }));
  tools.log.info(`[${image.name}] build cache written`);
}

/** Writes what else an image that passed the gate is wanted as (`type=local,dest=…`): the same build once more, every step of it cached. */
export async function writeOutputs(image: ImageSpec, settings: BuildSettings, tools: BuildTools): Promise<void> {
  for (const value of image.outputs ?? []) {
    const request = requestFor(image, settings);
    const show = (line: string): void => tools.log.debug(line);
    await watched(image, { show, limitMs: settings.timeoutMs }, (onLine) =>
      tools.builder.build({ ...request, output: { kind: 'other', value }, onLine }),
    );
    tools.log.info(`[${image.name}] written: ${value}`);
  }
}

/** Of the first build alone: those after it are the same again, and find every step of it cached. */
const freshness = ({ noCache, noCacheFilters, pull }: ImageSpec): Partial<BuildRequest> => ({ noCache, noCacheFilters, pull });

export function requestFor(image: ImageSpec, settings: BuildSettings): Omit<BuildRequest, 'output'> {
  return {
    builder: settings.builder,
    context: image.context,
    file: image.file,
    target: image.target,
    buildArgs: image.buildArgs,
    secrets: settings.secrets,
    labels: { ...settings.labels, ...image.labels },
    annotations: image.annotations,
    ssh: image.ssh,
    platforms: image.platforms,
    contexts: { ...image.contexts, ...settings.contexts(image) },
    cacheFrom: settings.cacheFrom(image),
    cacheTo: [],
    epoch: settings.epoch,
    timeoutMs: settings.timeoutMs,
    signal: settings.signal,
  };
}

/** Prefixes every line with the image's name; a failure names the image and the Dockerfile's line. */
async function watched<T>(
  image: ImageSpec,
  { show, limitMs, failed = 'could not be built' }: { show: (line: string) => void; limitMs: number; failed?: string },
  body: (onLine: (line: string) => void) => Promise<T>,
): Promise<{ result: T; cache: CacheUse }> {
  const words = new BuildWords(image);
  const onLine = (text: string): void => {
    const line = words.see(text);
    if (line !== undefined) show(`[${image.name}] ${line}`);
  };
  try {
    return { result: await body(onLine), cache: words.cacheUse };
  } catch (error) {
    throw words.explain(error, failed, limitMs);
  }
}

import { ConfigurationError } from '../interfaces/errors.ts';
import { isRepositoryPath, isTag } from '../interfaces/image-reference.ts';
import { isMap } from '../interfaces/values.ts';
import { imageBuildArgs } from './build-args.ts';
import { imageContexts } from './contexts.ts';
import { booleanOf, checkKeys, type ImageFields, listOf, textOf, wrongImage } from './image-fields.ts';
import { imageAnnotations, imageLabels } from './labels.ts';
import type { ImageSpec } from './model.ts';
import { checkOutput } from './outputs.ts';

const KEYS = [
  'name',
  'context',
  'file',
  'target',
  'build-args',
  'platforms',
  'previous',
  'contexts',
  'labels',
  'annotations',
  'no-cache',
  'no-cache-filters',
  'pull',
  'ssh',
  'outputs',
];
const PLATFORM = /^(?:linux|windows)\/[a-z0-9]+(?:\/v\d+(?:\.\d+)?)?$/;
const EXAMPLE = 'write one line an image, such as\ntodo-frontend: ./frontend\ntodo-backend: {context: ./backend, target: production}';

/** What holds for every image that says nothing else. */
export type ImageDefaults = Pick<
  ImageSpec,
  'platforms' | 'buildArgs' | 'contexts' | 'labels' | 'annotations' | 'noCache' | 'noCacheFilters' | 'pull' | 'ssh'
>;

/**
 * The input `images`, read as YAML whose scalars were kept as text: a map of name → context (or map), or a list of maps with `name`. Throws
 * ConfigurationError.
 */
export function parseImages(value: unknown, defaults: ImageDefaults): ImageSpec[] {
  const entries = imageEntries(value);
  const images = entries.map(([name, fields]) => parseImage(name, fields, defaults));
  for (const [index, image] of images.entries()) {
    if (images.findIndex((other) => other.name === image.name) !== index) throw wrongImage(`there are two images named "${image.name}"`);
  }
  return images;
}

function imageEntries(value: unknown): [string, unknown][] {
  if (isMap(value)) return Object.entries(value);
  if (Array.isArray(value)) {
    return value.flatMap((item): [string, unknown][] => {
      if (!isMap(item)) throw wrongImage(`"${String(item)}" is not an image`, EXAMPLE);
      if (typeof item.name === 'string') return [[item.name, item]];
      const entries = Object.entries(item);
      if (entries.length === 1 && item.name === undefined) return entries;
      throw wrongImage('an image in the list has no "name"', EXAMPLE);
    });
  }
  const empty = value === undefined || value === null || value === '';
  throw wrongImage(empty ? 'it is empty' : `"${String(value).slice(0, 60)}" is not an image`, EXAMPLE);
}

function parseImage(name: string, value: unknown, defaults: ImageDefaults): ImageSpec {
  if (!isRepositoryPath(name)) {
    const lower = isRepositoryPath(name.toLowerCase()) ? `; write ${name.toLowerCase()}` : '';
    throw wrongImage(`"${name}" is not an image name`, `lower-case letters, digits, and . _ - / between them${lower}`);
  }
  const fields: unknown = typeof value === 'string' && value !== '' ? { context: value } : value;
  if (!isMap(fields)) throw wrongImage(`image "${name}" has no context`, EXAMPLE);
  checkKeys(fields, name, KEYS);
  const context = textOf(fields, 'context', name);
  if (context === undefined) throw wrongImage(`image "${name}" has no context`, EXAMPLE);
  if (/^[a-z][a-z+.-]*:\/\/|^git@/.test(context))
    throw wrongImage(`image "${name}": its context is a URL`, 'check the source out and name its folder');
  const previous = textOf(fields, 'previous', name);
  if (previous !== undefined && !isTag(previous))
    throw wrongImage(`image "${name}": "${previous}" is not a tag`, 'for example previous: main');
  const platforms = listOf(fields, 'platforms', name) ?? defaults.platforms;
  const of = (key: string): string => `Input "images": image "${name}", ${key}`;
  const contexts = { ...defaults.contexts, ...imageContexts(fields.contexts, of('contexts')) };
  if (previous !== undefined && contexts.previous !== undefined)
    throw wrongImage(`image "${name}" has both "previous" and a context of that name`, 'give the context another name');
  return {
    name,
    context,
    file: textOf(fields, 'file', name),
    target: textOf(fields, 'target', name),
    buildArgs: { ...defaults.buildArgs, ...imageBuildArgs(fields['build-args'], of('build-args')) },
    platforms: platforms.map((platform) => checkPlatform(platform, `image "${name}"`)),
    previous,
    contexts,
    labels: { ...defaults.labels, ...imageLabels(fields.labels, of('labels')) },
    annotations: { ...defaults.annotations, ...imageAnnotations(fields.annotations, of('annotations')) },
    ...howBuilt(fields, name, defaults),
  };
}

function howBuilt(fields: ImageFields, name: string, defaults: ImageDefaults): Partial<ImageSpec> {
  return {
    noCache: booleanOf(fields, 'no-cache', name) ?? defaults.noCache,
    noCacheFilters: listOf(fields, 'no-cache-filters', name) ?? defaults.noCacheFilters,
    pull: booleanOf(fields, 'pull', name) ?? defaults.pull,
    ssh: listOf(fields, 'ssh', name, /\n/) ?? defaults.ssh,
    outputs: (listOf(fields, 'outputs', name, /\n/) ?? []).map((output) => checkOutput(output, name)),
  };
}

export function checkPlatform(platform: string, where: string): string {
  if (PLATFORM.test(platform)) return platform;
  throw new ConfigurationError(`${where}: "${platform}" is not a platform`, { hint: 'for example linux/amd64 or linux/arm64' });
}

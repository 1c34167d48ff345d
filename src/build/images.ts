import { ConfigurationError } from '../interfaces/errors.ts';
import { isRepositoryPath, isTag } from '../interfaces/image-reference.ts';
import { isMap } from '../interfaces/values.ts';
import type { ImageSpec } from './model.ts';

const KEYS = ['name', 'context', 'file', 'target', 'build-args', 'platforms', 'previous'];
const PLATFORM = /^(?:linux|windows)\/[a-z0-9]+(?:\/v\d+(?:\.\d+)?)?$/;
const EXAMPLE = 'write one line an image, such as\ntodo-frontend: ./frontend\ntodo-backend: {context: ./backend, target: production}';

export interface ImageDefaults {
  platforms: readonly string[];
  buildArgs: Readonly<Record<string, string>>;
}

/** The input `images`, read as YAML: a map of name → context (or map), or a list of maps with `name`. Throws ConfigurationError. */
export function parseImages(value: unknown, defaults: ImageDefaults): ImageSpec[] {
  const entries = imageEntries(value);
  const images = entries.map(([name, fields]) => parseImage(name, fields, defaults));
  for (const [index, image] of images.entries()) {
    if (images.findIndex((other) => other.name === image.name) !== index) throw wrong(`there are two images named "${image.name}"`);
  }
  return images;
}

function imageEntries(value: unknown): [string, unknown][] {
  if (isMap(value)) return Object.entries(value);
  if (Array.isArray(value)) {
    return value.flatMap((item): [string, unknown][] => {
      if (!isMap(item)) throw wrong(`"${String(item)}" is not an image`, EXAMPLE);
      if (typeof item.name === 'string') return [[item.name, item]];
      const entries = Object.entries(item);
      if (entries.length === 1 && item.name === undefined) return entries;
      throw wrong('an image in the list has no "name"', EXAMPLE);
    });
  }
  throw wrong(value === undefined || value === null ? 'it is empty' : `"${String(value).slice(0, 60)}" is not an image`, EXAMPLE);
}

function parseImage(name: string, value: unknown, defaults: ImageDefaults): ImageSpec {
  if (!isRepositoryPath(name)) throw wrong(`"${name}" is not an image name`, 'lower-case letters, digits, and . _ - / between them');
  const fields = typeof value === 'string' ? { context: value } : value;
  if (!isMap(fields)) throw wrong(`image "${name}" has no context`, EXAMPLE);
  const unknown = Object.keys(fields).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw wrong(`image "${name}" has the unknown key "${unknown}"`, `known keys: ${KEYS.join(', ')}`);
  const context = text(fields, 'context', name);
  if (context === undefined) throw wrong(`image "${name}" has no context`, EXAMPLE);
  if (/^[a-z][a-z+.-]*:\/\/|^git@/.test(context))
    throw wrong(`image "${name}": its context is a URL`, 'check the source out and name its folder');
  const file = text(fields, 'file', name);
  const target = text(fields, 'target', name);
  const previous = text(fields, 'previous', name);
  if (previous !== undefined && !isTag(previous)) throw wrong(`image "${name}": "${previous}" is not a tag`, 'for example previous: main');
  const platforms = listOf(fields.platforms, defaults.platforms);
  return {
    name,
    context,
    file,
    target,
    buildArgs: { ...defaults.buildArgs, ...imageBuildArgs(fields['build-args'], name) },
    platforms: platforms.map((platform) => checkPlatform(platform, `image "${name}"`)),
    previous,
  };
}

export function checkPlatform(platform: string, where: string): string {
  if (PLATFORM.test(platform)) return platform;
  throw new ConfigurationError(`${where}: "${platform}" is not a platform`, { hint: 'for example linux/amd64 or linux/arm64' });
}

/** Lines `NAME=value` → map; a name alone is an error, since nothing would say where its value comes from. */
export function parsePairs(lines: readonly string[], where: string): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf('=');
      const name = line.slice(0, at);
      if (at < 1) throw new ConfigurationError(`${where}: a line has no "="`, { hint: 'write NAME=value, one a line' });
      if (!/^[A-Za-z_][\w.-]*$/.test(name))
        throw new ConfigurationError(`${where}: "${name}" is not a name`, { hint: 'letters, digits, _ . -' });
      return [name, line.slice(at + 1)];
    }),
  );
}

function imageBuildArgs(value: unknown, name: string): Record<string, string> {
  const where = `Input "images": image "${name}", build-args`;
  if (value === undefined || value === null) return {};
  if (Array.isArray(value)) return parsePairs(value.map(String), where);
  if (!isMap(value)) throw new ConfigurationError(`${where}: expected a map`, { hint: 'build-args: {NAME: value}' });
  return parsePairs(
    Object.entries(value).map(([key, item]) => `${key}=${String(item ?? '')}`),
    where,
  );
}

function listOf(value: unknown, fallback: readonly string[]): string[] {
  if (value === undefined || value === null) return [...fallback];
  const items = Array.isArray(value) ? value.map(String) : String(value).split(',');
  return items.map((item) => item.trim()).filter((item) => item !== '');
}

function text(fields: Record<string, unknown>, key: string, name: string): string | undefined {
  const value = fields[key];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw wrong(`image "${name}": "${key}" is not text`);
  if (value.startsWith('-')) throw wrong(`image "${name}": "${key}" starts with "-" and would be read as a flag`);
  return value;
}

const wrong = (what: string, hint?: string): ConfigurationError => new ConfigurationError(`Input "images": ${what}`, { hint });

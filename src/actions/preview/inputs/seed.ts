import { ConfigurationError } from '../../../interfaces/errors.ts';
import { parseImage } from '../../../interfaces/image-reference.ts';
import { isMap } from '../../../interfaces/values.ts';
import type { Seed } from '../../../preview/up/index.ts';
import type { BuiltImage } from '../../../split/model.ts';

const FIELDS = ['image', 'command', 'env', 'env-from'];
const wrong = (what: string): ConfigurationError =>
  new ConfigurationError(`Input "seed": ${what} (allowed: image: NAME, command: [a, list], env: {NAME: value}, env-from: [secret])`);

/** The input `seed`, a YAML map; undefined where it is left out. An image is one of those that were built, by its name, or any. Throws ConfigurationError. */
export function readSeed(value: unknown, images: readonly BuiltImage[]): Seed | undefined {
  if (value === undefined) return undefined;
  if (!isMap(value)) throw wrong('it is not a map');
  const unknown = Object.keys(value).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) throw wrong(`"${unknown.slice(0, 50)}" is not known`);
  const { image, command, env = {} } = value;
  if (typeof image !== 'string' || image === '') throw wrong('there is no image');
  if (!isMap(env) || !Object.values(env).every(isScalar)) throw wrong('env is not a map of values');
  return {
    image: builtAs(image, images),
    command: command === undefined ? undefined : texts(command, 'command'),
    env: Object.fromEntries(Object.entries(env).map(([name, one]) => [name, String(one)])),
    envFrom: texts(value['env-from'] ?? [], 'env-from'),
  };
}

const isScalar = (value: unknown): value is string | number | boolean => ['string', 'number', 'boolean'].includes(typeof value);

function texts(value: unknown, name: string): string[] {
  if (!Array.isArray(value) || !value.every(isScalar)) throw wrong(`${name} is not a list`);
  return value.map(String);
}

function builtAs(image: string, images: readonly BuiltImage[]): string {
  const built = images.find(({ repository }) => repository === image || repository.endsWith(`/${image}`));
  if (built) return built.digest === undefined ? `${built.repository}:${built.tag ?? 'latest'}` : `${built.repository}@${built.digest}`;
  if (parseImage(image).reference === undefined) throw wrong(`"${image.slice(0, 100)}" is no image`);
  return image;
}

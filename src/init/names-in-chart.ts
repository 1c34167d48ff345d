import { locatePrefix, repositoryOf } from '../interfaces/image-reference.ts';
import type { ChartImage, Image } from './model.ts';
import { isOwnRegistry } from './read/chart.ts';

/** An image that is built, and the name that the chart has for it. */
export interface Match {
  image: Image;
  part: string;
  inChart: ChartImage | undefined;
}

const last = (repository: string): string => repository.split('/').at(-1) ?? '';

/** Pure: which of the chart's images each built one is: by its own name, by its part's, by where the values stand; or the only one left. */
export function matchImages(images: readonly { image: Image; part: string }[], inChart: readonly ChartImage[]): Match[] {
  const free = new Set(inChart);
  const take = (found: ChartImage | undefined): ChartImage | undefined => {
    if (found !== undefined) free.delete(found);
    return found;
  };
  const matches = images.map(({ image, part }): Match => {
    const rest = [...free];
    const found =
      rest.find(({ repository }) => last(repository) === image.name) ??
      rest.find(({ repository }) => last(repository) === part) ??
      rest.find(({ repository }) => last(repository).endsWith(`-${part}`)) ??
      rest.find(({ path }) => path?.some((key) => key.toLowerCase() === part.replaceAll('-', '')));
    return { image, part, inChart: take(found) };
  });
  const [only, ...more] = matches.filter((match) => match.inChart === undefined);
  if (only === undefined || more.length > 0) return matches;
  // What `helm create` says, or the only one that is not a program of others.
  const rest = [...free];
  const own = rest.filter(
    ({ repository, path }) => isOwnRegistry(repository) || path?.join('.') === 'image.repository' || path?.join('.') === 'image',
  );
  const candidates = own.length > 0 ? own : rest;
  if (candidates.length === 1) only.inChart = take(candidates[0]);
  return matches;
}

/** Pure: the prefix that the chart's own images have in common; undefined where they name none of one's own. */
export function chartRegistry(matches: readonly Match[]): string | undefined {
  const prefixes = matches.flatMap(({ inChart }) => {
    if (inChart === undefined || !isOwnRegistry(inChart.repository) || !inChart.repository.includes('/')) return [];
    const { host, path } = locatePrefix(inChart.repository);
    const prefix = path.split('/').slice(0, -1).join('/');
    return [prefix === '' ? host : `${host}/${prefix}`];
  });
  return prefixes[0];
}

/** Pure: values that give the chart the names of what is built; undefined where it has them already. */
export function imageValues(matches: readonly Match[], registry: string): Record<string, unknown> | undefined {
  const values: Record<string, unknown> = {};
  for (const { image, inChart } of matches) {
    const wanted = `${registry}/${image.name}`;
    if (inChart?.path === undefined || repositoryOf(inChart.repository) === repositoryOf(wanted)) continue;
    put(values, inChart.path, inChart.isText ? wanted : split(wanted, inChart.hasRegistry));
  }
  return Object.keys(values).length === 0 ? undefined : values;
}

function split(wanted: string, hasRegistry: boolean): Record<string, string> {
  if (!hasRegistry) return { repository: wanted };
  const { host, path } = locatePrefix(wanted);
  return { registry: host, repository: path };
}

function put(values: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path;
  if (rest.length === 0) values[key] = value;
  else {
    values[key] ??= {};
    put(values[key] as Record<string, unknown>, rest, value);
  }
}

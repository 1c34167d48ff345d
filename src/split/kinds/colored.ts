import { createHash } from 'node:crypto';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { COLORS } from '../model.ts';
import { KINDS } from './rows.ts';

/** Kubernetes' limit for names in general. */
const NAME_LIMIT = 253;
/** Room for either color: a name that fits as `-blue` alone would change with the next deploy. */
const LONGEST_SUFFIX = Math.max(...COLORS.map((color) => color.length)) + 1;
const HASH = 8;

const LIMITS: ReadonlyMap<string, number> = new Map(
  KINDS.flatMap(({ key, nameLimit }) => (nameLimit === undefined ? [] : [[key, nameLimit]])),
);

/** The chart's name of an object whose name in a color is a shortened one. */
export const NAME_ANNOTATION = 'todo-deploy.dev/name';

/** A name of at most `limit` characters: the same, or its beginning and a hash of it all. */
export function fitted(name: string, limit: number): string {
  if (name.length <= limit) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH);
  return `${name.slice(0, limit - HASH - 1).replace(/[-.]+$/, '')}-${hash}`;
}

/** A name with its color, of at most `limit` characters in either. */
export const withColor = (name: string, color: string, limit: number): string => `${fitted(name, limit - LONGEST_SUFFIX)}-${color}`;

/** What an object of the chart is called in a color. `kind`: `apps/Deployment`, a key of the table of kinds. */
export const coloredName = (kind: string, name: string, color: string): string => withColor(name, color, LIMITS.get(kind) ?? NAME_LIMIT);

/** The chart's own name of an object that is in a color. */
export function uncoloredName({ metadata: { name, annotations } }: KubernetesObject, color: string): string {
  return annotations?.[NAME_ANNOTATION] ?? (name.endsWith(`-${color}`) ? name.slice(0, -color.length - 1) : name);
}

import type { ObjectMeta } from '../../../src/interfaces/kubernetes.ts';
import type { Leaves } from './fields.ts';
import { same } from './fields.ts';

/** Which fields each field manager owns. */
export type Owners = Map<string, Set<string>>;

export const APPLY = 'Apply';
export const UPDATE = 'Update';
export const ownerKey = (manager: string, operation: typeof APPLY | typeof UPDATE): string => `${manager} ${operation}`;

type Entries = NonNullable<ObjectMeta['managedFields']>;

/** Pure: `metadata.managedFields`: who owns something, not what. */
export const shownOwners = (owners: Owners): Entries =>
  [...owners].flatMap(([key, paths]) => {
    const [manager = '', operation = ''] = key.split(' ');
    return paths.size > 0 ? [{ manager, operation }] : [];
  });

/** Pure: those that a write has left in `metadata.managedFields`. */
export function keptOwners(owners: Owners, entries: Entries | undefined): Owners {
  if (!entries) return owners;
  const kept = new Set(entries.map(({ manager, operation }) => `${manager} ${operation}`));
  return new Map([...owners].filter(([key]) => kept.has(key)));
}

/** Pure: the owners after `manager` has made `after` of `before` by a write that is no apply: what changed is its own. */
export function afterUpdate(owners: Owners, key: string, before: Leaves, after: Leaves): Owners {
  const changed = [...after].filter(([path, value]) => !same(before.get(path), value)).map(([path]) => path);
  const next = without(owners, (path) => !after.has(path) || (changed.length > 0 && !same(before.get(path), after.get(path))));
  if (changed.length > 0) next.set(key, new Set([...(next.get(key) ?? []), ...changed]));
  return next;
}

/** Pure: the owners after an apply of these fields, and what the manager gives up that is nobody else's. */
export function afterApply(
  owners: Owners,
  key: string,
  applied: Leaves,
  live: Leaves,
): { owners: Owners; gone: string[]; conflicts: { path: string; manager: string }[] } {
  const before = owners.get(key) ?? new Set<string>();
  const others = [...owners].filter(([name]) => name !== key);
  const conflicts = others.flatMap(([name, paths]) =>
    [...applied].flatMap(([path, value]) =>
      paths.has(path) && !same(live.get(path), value) ? [{ path, manager: name.split(' ')[0] ?? name }] : [],
    ),
  );
  const taken = new Set(conflicts.map(({ path }) => path));
  const next = without(owners, (path) => taken.has(path));
  next.set(key, new Set(applied.keys()));
  const gone = [...before].filter((path) => !applied.has(path) && !others.some(([, paths]) => paths.has(path)));
  return { owners: next, gone, conflicts };
}

function without(owners: Owners, leaves: (path: string) => boolean): Owners {
  return new Map([...owners].map(([name, paths]) => [name, new Set([...paths].filter((path) => !leaves(path)))]));
}

import type { DatabaseManifest, Named } from './model.ts';

export interface CompareOptions {
  /** Roles of the target that the dumped server need not have: the one that a fresh server begins with. */
  ownRoles?: readonly string[];
  /** Compare roles only as far as they exist on the source; a server that serves others has more. */
  rolesOfOthers?: boolean;
  /** Whether definitions are of one pg_dump and one major version of the server: another one writes the same in other words. */
  sameWords: boolean;
}

type Row = readonly [name: string, is: string];

/** Pure: what differs, each in a line that names it; empty where everything is the same. No tolerance. */
export function differences(dumped: DatabaseManifest, restored: DatabaseManifest, options: CompareOptions): string[] {
  const own = new Set(options.ownRoles ?? []);
  const theirs = new Set(dumped.roles.map(({ name }) => name));
  const restoredRoles = restored.roles.filter(({ name }) => theirs.has(name) || !(own.has(name) || options.rolesOfOthers));
  return [
    ...tables(dumped, restored),
    ...rows('sequence', dumped.sequences.map(sequence), restored.sequences.map(sequence)),
    ...rows('large object', dumped.largeObjects.map(largeObject), restored.largeObjects.map(largeObject)),
    ...rows('extension', dumped.extensions.map(named), restored.extensions.map(named)),
    ...rows('role', dumped.roles.map(named), restoredRoles.map(named)),
    ...rows('database', Object.entries(dumped.database), Object.entries(restored.database)),
    ...(options.sameWords ? definitions(dumped.definitions, restored.definitions) : []),
  ];
}

const sequence = ({ name, value, called }: DatabaseManifest['sequences'][number]): Row => [name, `${value}${called ? '' : ' (not used)'}`];
const named = ({ name, is }: Named): Row => [name, is];
const largeObject = ({ oid, owner, acl, bytes, hash }: DatabaseManifest['largeObjects'][number]): Row => [
  oid,
  `${bytes} bytes, owner ${owner}, ${acl.join(' ')}, content ${hash.slice(0, 12)}`,
];

function tables(dumped: DatabaseManifest, restored: DatabaseManifest): string[] {
  const there = new Map(restored.tables.map((table) => [table.name, table]));
  const lines = dumped.tables.flatMap(({ name, rows, hash }) => {
    const found = there.get(name);
    there.delete(name);
    if (!found) return [`table ${name}: missing`];
    if (found.rows !== rows) return [`table ${name}: ${found.rows} rows instead of ${rows}`];
    return found.hash === hash ? [] : [`table ${name}: its ${rows} rows hold something else`];
  });
  return [...lines, ...[...there.keys()].map((name) => `table ${name}: was not dumped`)];
}

function rows(kind: string, dumped: readonly Row[], restored: readonly Row[]): string[] {
  const there = new Map(restored);
  const lines = dumped.flatMap(([name, is]) => {
    const found = there.get(name);
    there.delete(name);
    if (found === undefined) return [`${kind} ${name}: missing`];
    return found === is ? [] : [`${kind} ${name}: ${found} instead of ${is}`];
  });
  return [...lines, ...[...there.keys()].map((name) => `${kind} ${name}: was not dumped`)];
}

function definitions(dumped: Record<string, string>, restored: Record<string, string>): string[] {
  const names = [...new Set([...Object.keys(dumped), ...Object.keys(restored)])];
  return names.flatMap((name) => {
    if (restored[name] === undefined) return [`${name}: missing`];
    if (dumped[name] === undefined) return [`${name}: was not dumped`];
    return restored[name] === dumped[name] ? [] : [`${name}: defined otherwise`];
  });
}

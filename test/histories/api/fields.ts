import { isMap } from '../../../src/interfaces/values.ts';

/** Between the parts of a field's path: no key contains it. */
const SEPARATOR = '\n';
/** Stands for an item of a list itself. */
const ITEM = '.';

/** What has a value of its own, by path. */
export type Leaves = Map<string, unknown>;

/** Lists whose items are known by some of their fields; all others are one value. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  volumeMounts: ['mountPath'],
  imagePullSecrets: ['name'],
  hostAliases: ['ip'],
  ownerReferences: ['uid'],
};
const CONTAINER_PORTS = ['containerPort', 'protocol'];
const SERVICE_PORTS = ['port', 'protocol'];
/** Maps that are one value. */
const ATOMIC = new Set(['selector', 'labelSelector', 'nodeSelector', 'scaleTargetRef']);
const DEFAULTS: Readonly<Record<string, string>> = { protocol: 'TCP' };
/** Who an object is, and what the API server writes itself. */
const IDENTITY = new Set(['apiVersion', 'kind', 'status']);
const OWN_METADATA = new Set([
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'managedFields',
]);

/** A copy that shares nothing. */
export function copy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copy) as T;
  if (typeof value !== 'object' || value === null) return value;
  const made: Record<string, unknown> = {};
  for (const key in value) if (value[key] !== undefined) made[key] = copy(value[key]);
  return made as T;
}

type Item = Record<string, unknown>;

function keysOf(field: string, list: readonly unknown[]): readonly string[] | undefined {
  if (!list.every(isMap)) return undefined;
  if (field !== 'ports') return KEYS[field];
  return list.some((item) => item.containerPort !== undefined)
    ? CONTAINER_PORTS
    : list.some((item) => item.port !== undefined)
      ? SERVICE_PORTS
      : undefined;
}

const itemKey = (keys: readonly string[], item: Item): string => `[${keys.map((key) => item[key] ?? DEFAULTS[key] ?? '').join(',')}]`;

/** Every field of an object that someone may own. */
export function leavesOf(object: Readonly<Record<string, unknown>>): Leaves {
  const leaves: Leaves = new Map();
  for (const [field, value] of Object.entries(object)) {
    if (IDENTITY.has(field)) continue;
    if (field !== 'metadata') visit(field, value, field, leaves);
    else
      for (const [name, own] of Object.entries(value as Item))
        if (!OWN_METADATA.has(name)) visit(name, own, `${field}${SEPARATOR}${name}`, leaves);
  }
  return leaves;
}

function visit(field: string, value: unknown, path: string, leaves: Leaves): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) {
    const keys = value.length === 0 ? undefined : keysOf(field, value);
    if (!keys) leaves.set(path, value);
    for (const item of keys ? (value as Item[]) : []) {
      const at = `${path}${SEPARATOR}${itemKey(keys ?? [], item)}`;
      leaves.set(`${at}${SEPARATOR}${ITEM}`, true);
      for (const [name, own] of Object.entries(item)) visit(name, own, `${at}${SEPARATOR}${name}`, leaves);
    }
    return;
  }
  if (!isMap(value) || ATOMIC.has(field)) {
    leaves.set(path, value);
    return;
  }
  const entries = Object.entries(value).filter(([, own]) => own !== null && own !== undefined);
  if (entries.length === 0) leaves.set(path, value);
  for (const [name, own] of entries) visit(name, own, `${path}${SEPARATOR}${name}`, leaves);
}

/** Lays `over` on `under`, in place of `under`: maps and lists with keys are merged, the rest is replaced. */
export function overlay(under: unknown, over: unknown, field = ''): unknown {
  if (Array.isArray(over)) {
    const keys = over.length === 0 ? undefined : keysOf(field, over);
    if (!keys || !Array.isArray(under)) return copy(over);
    const known = new Map((under as Item[]).map((item) => [itemKey(keys, item), item]));
    const merged = (over as Item[]).map((item) => {
      const key = itemKey(keys, item);
      const there = known.get(key);
      known.delete(key);
      return there === undefined ? copy(item) : overlay(there, item);
    });
    return [...merged, ...known.values()];
  }
  if (!isMap(over) || !isMap(under) || ATOMIC.has(field)) return copy(over);
  for (const [name, value] of Object.entries(over)) {
    if (value !== null && value !== undefined) under[name] = overlay(under[name], value, name);
  }
  return under;
}

/** Takes fields out of an object, in place, and what is empty then. An item that goes, goes whole. */
export function removeFields(object: Item, paths: readonly string[]): void {
  const items = paths.filter((one) => one.endsWith(`${SEPARATOR}${ITEM}`)).map((one) => one.slice(0, -ITEM.length));
  const own = paths.filter((one) => !items.some((item) => one.startsWith(item)));
  for (const path of own) removeAt(object, path.split(SEPARATOR), '');
  for (const item of items) removeAt(object, item.split(SEPARATOR).slice(0, -1), '');
}

/** Returns whether nothing is left at this place. */
function removeAt(value: unknown, [first = '', ...rest]: readonly string[], field: string): boolean {
  if (Array.isArray(value)) {
    const keys = keysOf(field, value);
    const at = keys ? value.findIndex((item) => itemKey(keys, item) === first) : -1;
    if (at < 0) return false;
    if (rest.length === 0) value.splice(at, 1);
    else removeAt(value[at], rest, '');
    return value.length === 0;
  }
  if (!isMap(value) || !(first in value)) return false;
  if (rest.length === 0 || removeAt(value[first], rest, first)) delete value[first];
  return Object.keys(value).length === 0;
}

/** Whether two values say the same. */
export function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [a, b] = [one as Item, other as Item];
  const keys = Object.keys(a).filter((key) => a[key] !== undefined);
  return keys.length === Object.keys(b).filter((key) => b[key] !== undefined).length && keys.every((key) => same(a[key], b[key]));
}

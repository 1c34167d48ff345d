import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { isMap } from '../../interfaces/values.ts';
import { PART_HASH_ANNOTATION, VERSION_ANNOTATION } from '../../split/model.ts';
import { HIDDEN, type Hides, hiddenIn, keyOf, shown } from './hidden.ts';
import { describe } from './names.ts';

export interface ObjectChange {
  object: string;
  change: 'added' | 'removed' | 'changed';
  /** `spec.replicas: 2 → 3`; values that may be secret are hidden. */
  lines: string[];
}

const OWN = new Set([PART_HASH_ANNOTATION, VERSION_ANNOTATION, 'todo-deploy.dev/color']);
const LIMIT = 120;

/** Pure: what an apply would change, object by object. Both sides are of the same color. */
export function diffObjects(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): ObjectChange[] {
  const old = new Map(before.map((object) => [describe(object), object]));
  const changes = after.map((object): ObjectChange => {
    const known = old.get(describe(object));
    old.delete(describe(object));
    if (!known) return { object: describe(object), change: 'added', lines: [] };
    return { object: describe(object), change: 'changed', lines: diffValues(known, object, '', hiddenIn(object)) };
  });
  const removed = [...old.keys()].map((object): ObjectChange => ({ object, change: 'removed', lines: [] }));
  return [...changes, ...removed].filter((change) => change.change !== 'changed' || change.lines.length > 0);
}

function diffValues(before: unknown, after: unknown, path: string, hides: Hides): string[] {
  if (isMap(before) && isMap(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .filter((key) => !OWN.has(key))
      .flatMap((key) => diffValues(before[key], after[key], path ? `${path}.${key}` : key, hides));
  }
  if (Array.isArray(before) && Array.isArray(after)) return diffLists(before, after, path, hides);
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const [from, to] = [shown(before, path, hides), shown(after, path, hides)];
  if (from === HIDDEN || to === HIDDEN || JSON.stringify(from) === JSON.stringify(to)) {
    return [`${path}: ${before === undefined ? 'added' : after === undefined ? 'removed' : 'changed'} (value hidden)`];
  }
  return [`${path}: ${show(from)} → ${show(to)}`];
}

function diffLists(before: unknown[], after: unknown[], path: string, hides: Hides): string[] {
  const old = new Map(before.map((value, index) => [keyOf(value, index), value]));
  const now = new Map(after.map((value, index) => [keyOf(value, index), value]));
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key) => diffValues(old.get(key), now.get(key), `${path}[${key}]`, hides));
}

function show(value: unknown): string {
  if (value === undefined) return '(none)';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LIMIT ? `${text.slice(0, LIMIT)}…` : text;
}

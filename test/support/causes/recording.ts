import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Expected } from '../../../src/deploy/diagnosis/model.ts';
import type { KubernetesObject, WatchEvent } from '../../../src/interfaces/kubernetes.ts';
import { isMap } from '../../../src/interfaces/values.ts';

export const FOLDER = fileURLToPath(new URL('../../recordings/causes', import.meta.url));

/** One thing that a watch brought. `object` is whole at first, then what changed of it (RFC 7386), null where it is gone. */
export interface Entry {
  /** Milliseconds since the wait began; negative for what was there before. */
  at: number;
  kind: string;
  name: string;
  object: unknown;
}

export interface Recording {
  scenario: string;
  namespace: string;
  expected: readonly Expected[];
  hook?: string | undefined;
  limitMs: number;
  entries: Entry[];
  /** Of each container, when the wait was over: `pod/container`. */
  logs: Record<string, { current: string; previous: string }>;
}

export const read = (name: string): Recording => JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as Recording;
export const recorded = (): string[] => readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ''));

/** Pure: what turns one value into another, by RFC 7386; undefined where they are equal. */
export function patchOf(before: unknown, after: unknown): unknown {
  if (!isMap(before) || !isMap(after)) return JSON.stringify(before) === JSON.stringify(after) ? undefined : after;
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = keys.flatMap((key) => {
    if (!(key in after)) return [[key, null] as const];
    const patch = patchOf(before[key], after[key]);
    return patch === undefined ? [] : [[key, patch] as const];
  });
  return changed.length === 0 ? undefined : Object.fromEntries(changed);
}

/** Pure: the other way round. */
function patched(before: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  const base = isMap(before) ? before : {};
  const kept = Object.entries(base).filter(([key]) => !(key in patch));
  const changed = Object.entries(patch).flatMap(([key, value]) => (value === null ? [] : [[key, patched(base[key], value)] as const]));
  return Object.fromEntries([...kept, ...changed]);
}

/** Pure: what the watches brought, each object whole again. */
export function* events(entries: readonly Entry[]): Generator<{ at: number; event: WatchEvent }> {
  const objects = new Map<string, unknown>();
  for (const { at, kind, name, object } of entries) {
    const key = `${kind}/${name}`;
    const known = objects.get(key);
    const whole = (object === null ? known : patched(known, object)) as KubernetesObject;
    const type = object === null ? 'DELETED' : known === undefined ? 'ADDED' : 'MODIFIED';
    if (object === null) objects.delete(key);
    else objects.set(key, whole);
    yield { at, event: { type, object: whole } };
  }
}

/** Pure: where the first thing stands by which a cause is certain; -1 where it was not said. */
export function signIn(entries: readonly Entry[], { sign = /^/, nth = 1 }: { sign?: RegExp; nth?: number }): number {
  return entries.flatMap((entry, index) => (sign.test(JSON.stringify(entry)) ? [index] : []))[nth - 1] ?? -1;
}

import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { valueAt } from '../../split/kinds/paths.ts';
import type { Kind } from '../../split/kinds/rows.ts';

/** What an autoscaler's minimum was before it was held; empty where it said none. */
const HELD = 'todo-deploy.dev/min-replicas';
/** What it is held at: where it is something else by now, somebody has changed it, and it is no longer held. */
const HELD_AT = 'todo-deploy.dev/held-at';
/** The idle count that it had beside it. */
const IDLE = 'todo-deploy.dev/idle-replicas';

/** A merge patch; null removes what it names. */
type Patch = Record<string, unknown>;

/** Pure: holds an autoscaler's minimum at `wanted` replicas, as far as its maximum allows; undefined where nothing has to change. */
export function holding(object: KubernetesObject, kind: Kind, wanted: number): Patch | undefined {
  const { fewest } = kind;
  if (fewest === undefined) return undefined;
  const at = Math.min(wanted, numberAt(object, fewest.most) ?? wanted);
  const minimum = numberAt(object, fewest.path);
  const idle = fewest.idle === undefined ? undefined : numberAt(object, fewest.idle);
  if (at <= (minimum ?? fewest.otherwise) && idle === undefined) return undefined;
  const before = heldBefore(object, kind);
  const held = Math.max(at, minimum ?? 0);
  const annotations = {
    [HELD]: before?.minimum ?? String(minimum ?? ''),
    [HELD_AT]: String(held),
    [IDLE]: idle === undefined ? (before?.idle ?? null) : String(idle),
  };
  return patchOf(annotations, { [fewest.path]: held, ...(fewest.idle !== undefined && { [fewest.idle]: null }) });
}

/** Pure: gives a held minimum back; where somebody has changed it meanwhile, only our notes go. undefined where there are none. */
export function releasing(object: KubernetesObject, kind: Kind): Patch | undefined {
  const { fewest } = kind;
  if (fewest === undefined || object.metadata.annotations?.[HELD] === undefined) return undefined;
  const notes = { [HELD]: null, [HELD_AT]: null, [IDLE]: null };
  const before = heldBefore(object, kind);
  if (before === undefined) return patchOf(notes, {});
  const back = { [fewest.path]: before.minimum === '' ? null : Number(before.minimum) };
  const idle = before.idle !== undefined && fewest.idle !== undefined ? { [fewest.idle]: Number(before.idle) } : {};
  return patchOf(notes, { ...back, ...idle });
}

/** What was before, where the minimum is still ours. */
function heldBefore(object: KubernetesObject, { fewest }: Kind): { minimum: string; idle: string | undefined } | undefined {
  const { [HELD]: minimum, [HELD_AT]: at, [IDLE]: idle } = object.metadata.annotations ?? {};
  if (minimum === undefined || fewest === undefined) return undefined;
  // Before this product noted what it holds, a note alone meant it.
  return at === undefined || Number(at) === numberAt(object, fewest.path) ? { minimum, idle } : undefined;
}

function numberAt(object: KubernetesObject, path: string): number | undefined {
  const value = valueAt(object, path);
  return typeof value === 'number' ? value : undefined;
}

/** All paths are `spec.<field>`. */
const patchOf = (annotations: Readonly<Record<string, string | null>>, fields: Readonly<Record<string, unknown>>): Patch => ({
  metadata: { annotations },
  spec: Object.fromEntries(Object.entries(fields).map(([path, value]) => [path.replace(/^spec\./, ''), value])),
});

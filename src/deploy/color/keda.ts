import { HttpError } from '../../interfaces/errors.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { PAUSED } from '../../split/kinds/rows.ts';
import { type Color, FIELD_MANAGER, type SplitResult } from '../../split/model.ts';
import { colorObjects, refOf } from '../kube/kinds.ts';
import { describe } from '../kube/names.ts';
import type { AppContext } from '../run/run.ts';

/** A kind whose objects an annotation pauses. */
type Held = (typeof PAUSED)[number];

/** Marks objects that scale in the active color only, so that any later run can read it. */
const ACTIVE_ONLY = 'todo-deploy.dev/active-only';

type Deps = Pick<AppContext, 'kubernetes' | 'options' | 'log'>;

/** The color as it came up: what scales in the active color only is marked and paused, the rest scales, however it was left. */
export async function recordActiveOnly(deps: Deps, color: Color, split: SplitResult): Promise<void> {
  const waiting = new Set(split.paused.map(({ object }) => describe(object)));
  for (const { object, held } of await scaledOf(deps, color)) {
    const waits = waiting.has(describe(object));
    await annotate(deps, object, {
      [ACTIVE_ONLY]: waits ? 'true' : null,
      [held.annotation]: waits ? held.value : null,
    });
  }
}

/** Starts or stops what scales in the active color only. */
export async function setScaledWorkers(deps: Deps, color: Color, on: boolean): Promise<void> {
  for (const { object, held } of await scaledOf(deps, color)) {
    if (object.metadata.annotations?.[ACTIVE_ONLY] === undefined) continue;
    await annotate(deps, object, { [held.annotation]: on ? null : held.value });
    deps.log.info(`${describe(object)} ${on ? 'is resumed' : 'is paused'}`);
  }
}

/** KEDA would scale an idle color up again. */
export async function stopScaled(deps: Deps, color: Color): Promise<void> {
  for (const { object, held } of await scaledOf(deps, color)) await annotate(deps, object, { [held.annotation]: held.value });
}

/** A color's objects that an annotation pauses. */
async function scaledOf({ kubernetes, options }: Deps, color: Color): Promise<{ object: KubernetesObject; held: Held }[]> {
  const lists = await Promise.all(
    PAUSED.map(async (held) => {
      const objects = await colorObjects(kubernetes, options.release, color, held);
      return objects.map((object) => ({ object, held }));
    }),
  );
  return lists.flat();
}

async function annotate({ kubernetes }: Deps, object: KubernetesObject, wanted: Readonly<Record<string, string | null>>): Promise<void> {
  if (Object.entries(wanted).every(([key, value]) => (object.metadata.annotations?.[key] ?? null) === value)) return;
  await ignoreNotFound(
    kubernetes.patch(refOf(object), { metadata: { annotations: wanted } }, { type: 'merge', fieldManager: FIELD_MANAGER }),
  );
}

/** KEDA may be uninstalled while a run goes on: its API then answers 404, which must not keep a run from rolling back. */
async function ignoreNotFound<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof HttpError && error.status === 404) return undefined;
    throw error;
  }
}

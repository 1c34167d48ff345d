import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { REASONS } from '../../interfaces/reasons.ts';
import { colorServiceName } from '../../split/index.ts';
import { APP_LABEL, COLOR_LABEL, COLORS } from '../../split/model.ts';
import { unpack } from '../../split/part/pack.ts';
import { RELEASE_NAME, RELEASE_NAMESPACE } from '../adoption/marks.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { colorRelease, describe, SERVICE } from '../kube/names.ts';
import type { Plan, Run } from '../run/run.ts';
import { liveObjects } from './lives.ts';

type Deps = Pick<Run, 'kubernetes' | 'helm' | 'options'>;

/** Objects that this version brings must be the app's own, or not there yet. Errors: `StepFailure` (owned-by-others) that names each one that is not. */
export async function requireOwnObjects(run: Deps, plan: Plan): Promise<void> {
  const { release } = run.options;
  const found = (
    await Promise.all([strangeServices(run, plan), strangersAmong(run, plan, 'color'), strangersAmong(run, plan, 'base')])
  ).flat();
  if (found.length === 0) return;
  throw new StepFailure(
    'owned-by-others',
    `"${release}" needs ${found.length === 1 ? 'a name that is' : `${found.length} names that are`} taken in namespace ${
      run.kubernetes.namespace
    }:\n- ${found.join('\n- ')}`,
    { hint: REASONS['owned-by-others'].todo },
  );
}

/** Color Services are applied by us, not by Helm. Those of both colors are needed, sooner or later. */
async function strangeServices({ kubernetes, options }: Deps, { split }: Plan): Promise<string[]> {
  const wanted = new Map(split.services.flatMap(({ name }) => COLORS.map((color) => [colorServiceName(name, color), color] as const)));
  if (wanted.size === 0) return [];
  const { items } = await kubernetes.list(SERVICE);
  return items
    .filter(({ metadata }) => wanted.has(metadata.name))
    .filter(({ metadata: { name, labels } }) => labels?.[APP_LABEL] !== options.release || labels[COLOR_LABEL] !== wanted.get(name))
    .map(
      ({ metadata }) =>
        `Service/${metadata.name} is not of this app, and is the name of the Service of its color ${wanted.get(metadata.name)}`,
    );
}

/** What the base's release does not hold yet must not be there, as plain Helm has it; nor what the color's does not. */
async function strangersAmong(run: Deps, plan: Plan, part: 'base' | 'color'): Promise<string[]> {
  const { split, color, serving } = plan;
  if (part === 'base' ? plan.base === 'same' : plan.warm) return [];
  const owner = part === 'base' ? run.options.release : colorRelease(run.options.release, color);
  const recorded = part === 'base' && serving ? await run.helm.recordedPart(owner, serving.baseRevision) : undefined;
  const own = new Set(recorded ? unpack(recorded.part).map(({ object }) => describe(object)) : []);
  // What kubectl made of this chart is taken over.
  for (const { kind, name } of part === 'base' ? (plan.plain?.app.claimed ?? []) : []) own.add(`${kind}/${name}`);
  const wanted = (part === 'base' ? split.baseObjects : split.colorObjects).filter((object) => !own.has(describe(object)));
  const live = await liveObjects(run, wanted);
  return live.flatMap(({ object }) => (object && !isOf(object, owner, run.kubernetes.namespace) ? [strangerText(object)] : []));
}

/** Pure: whether Helm made it for this release. */
export const isOf = ({ metadata: { annotations } }: KubernetesObject, owner: string, namespace: string): boolean =>
  annotations?.[RELEASE_NAME] === owner && (annotations[RELEASE_NAMESPACE] ?? namespace) === namespace;

/** Whose it is, as text. */
export function strangerText(object: KubernetesObject): string {
  const { annotations } = object.metadata;
  const owner = annotations?.[RELEASE_NAME];
  if (owner === undefined) return `${describe(object)} is there already, and Helm did not make it`;
  const namespace = annotations?.[RELEASE_NAMESPACE];
  return `${describe(object)} belongs to the Helm release "${owner}"${namespace ? ` in namespace ${namespace}` : ''}`;
}

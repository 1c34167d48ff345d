import type { PartChart } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { kindNamed } from '../../split/kinds/rows.ts';
import type { SharedWorkload } from '../../split/model.ts';
import { unpack } from '../../split/part/pack.ts';
import { equal } from '../kube/equal.ts';
import type { Plan, Run } from '../run/run.ts';

/**
 * The shared workloads that applying this base changes, or brings back where they are gone. How the others are is not this run's doing, and
 * nothing to wait for; on a first deploy everything is new, and an app that is in place is all of them.
 */
export async function touchedShared(run: Pick<Run, 'helm' | 'kubernetes' | 'options'>, plan: Plan): Promise<SharedWorkload[]> {
  const { shared, baseObjects } = plan.split;
  if (plan.active === undefined || shared.length === 0) return shared;
  const isOwn = (one: SharedWorkload): boolean => plan.split.colorless && kindNamed(one.kind).ready !== 'completion';
  const recorded = await run.helm.recordedPart(run.options.release);
  const changed = changedShared(shared, baseObjects, recorded?.part);
  const live = await Promise.all(
    shared.map(async (one) => ({ one, live: await run.kubernetes.get({ ...kindNamed(one.kind).ref, name: one.name }) })),
  );
  return live.filter((entry) => entry.live === undefined || changed.includes(entry.one) || isOwn(entry.one)).map((entry) => entry.one);
}

/** Pure: those whose object the last part does not hold just as it is. */
export function changedShared(
  shared: readonly SharedWorkload[],
  wanted: readonly KubernetesObject[],
  before: PartChart | undefined,
): SharedWorkload[] {
  const recorded = before ? unpack(before).map(({ object }) => object) : [];
  const find = (objects: readonly KubernetesObject[], { kind, name }: SharedWorkload) =>
    objects.find((object) => object.kind === kind && object.metadata.name === name);
  return shared.filter((one) => !equal(find(wanted, one), find(recorded, one)));
}

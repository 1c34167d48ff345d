import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { localTrafficRefusals } from '../../split/index.ts';
import { serviceSpec } from '../../split/kinds/fields.ts';
import { COLOR_LABEL, type Color, type SplitResult } from '../../split/model.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { POD, SERVICE, selects } from '../kube/names.ts';
import { isReady } from '../kube/pods.ts';
import type { Plan, Run } from '../run/run.ts';

/**
 * Nodes that answer for themselves alone (`externalTrafficPolicy: Local`) must each have a pod of the new color, if they have one of the
 * old. Errors: `StepFailure` (switch-failed).
 */
export async function requireSameNodes({ kubernetes }: Pick<Run, 'kubernetes'>, plan: Plan, split: SplitResult): Promise<void> {
  const { active, plain } = plan;
  const local = split.services.filter(({ name }) =>
    split.baseObjects.some((object) => object.kind === 'Service' && object.metadata.name === name && isLocal(object)),
  );
  if ((active === undefined && !plain) || local.length === 0) return;
  const { items: pods } = await kubernetes.list(POD, plain ? {} : { labelSelector: COLOR_LABEL });
  const nodesOf = (selector: Record<string, string> | undefined): string[] =>
    pods.filter((pod) => selects(selector, pod.metadata.labels) && isReady(pod)).flatMap((pod) => pod.spec?.nodeName ?? []);
  const inColor = (selector: Record<string, string>, color: Color) => ({ ...selector, [COLOR_LABEL]: color });
  for (const { name, selector } of local) {
    const service = await kubernetes.get({ ...SERVICE, name });
    // Plain pods are those that it is pinned to.
    const old = active ? inColor(selector, active) : service?.spec?.selector;
    const nodes = { old: nodesOf(old), new: nodesOf(inColor(selector, plan.color)) };
    const [found] = service ? localTrafficRefusals(service, nodes) : [];
    if (found) throw new StepFailure('switch-failed', `${found.object} ${found.message}`, { hint: found.hint });
  }
}

const isLocal = (object: KubernetesObject): boolean => serviceSpec(object).externalTrafficPolicy === 'Local';

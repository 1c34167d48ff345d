import type { HorizontalPodAutoscaler } from '../../interfaces/objects.ts';
import { type Color, FIELD_MANAGER } from '../../split/model.ts';
import { colorSelector, describe, HPA } from '../kube/names.ts';
import type { AppContext } from '../run/run.ts';

/** What an HPA's `minReplicas` was before it was held. */
const HELD = 'todo-deploy.dev/min-replicas';

type Deps = Pick<AppContext, 'kubernetes' | 'options' | 'log'>;

async function autoscalers({ kubernetes, options }: Deps, color: Color): Promise<HorizontalPodAutoscaler[]> {
  if (!(await kubernetes.resource(HPA))) return [];
  return (await kubernetes.list(HPA, { labelSelector: colorSelector(options.release, color) })).items;
}

/** Keeps a color's autoscalers from scaling it down while it has no traffic but can be switched to: their minimum is what runs now. */
export async function holdAutoscalers(deps: Deps, color: Color, replicas: ReadonlyMap<string, number>): Promise<void> {
  for (const hpa of await autoscalers(deps, color)) {
    const wanted = replicas.get(hpa.spec?.scaleTargetRef.name ?? '');
    const minimum = hpa.spec?.minReplicas ?? 1;
    if (wanted === undefined || wanted <= minimum) continue;
    await deps.kubernetes.patch(
      { ...HPA, name: hpa.metadata.name },
      { metadata: { annotations: { [HELD]: String(hpa.metadata.annotations?.[HELD] ?? minimum) } }, spec: { minReplicas: wanted } },
      { type: 'merge', fieldManager: FIELD_MANAGER },
    );
    deps.log.info(`${describe(hpa)} keeps at least ${wanted} replicas until the deploy ends`);
  }
}

/** Restores the own minimum of held autoscalers. */
export async function releaseAutoscalers(deps: Deps, color: Color): Promise<void> {
  for (const hpa of await autoscalers(deps, color)) {
    const minimum = hpa.metadata.annotations?.[HELD];
    if (minimum === undefined) continue;
    await deps.kubernetes.patch(
      { ...HPA, name: hpa.metadata.name },
      { metadata: { annotations: { [HELD]: null } }, spec: { minReplicas: Number(minimum) } },
      { type: 'merge', fieldManager: FIELD_MANAGER },
    );
  }
}

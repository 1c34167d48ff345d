import { FIELD_MANAGER } from '../../split/model.ts';
import { describe, HPA } from '../kube/names.ts';
import type { AppContext } from '../run/run.ts';
import type { PlainApp } from '../state/plain.ts';

/** What an HPA's `minReplicas` was before it was held. */
const HELD = 'todo-deploy.dev/min-replicas';

type Deps = Pick<AppContext, 'kubernetes' | 'log'>;

const named = ({ others }: PlainApp): string[] => others.filter(({ kind }) => kind === HPA.kind).map(({ name }) => name);

/** Two versions' pods bear the labels that an HPA averages over: it must not take pods away meanwhile. */
export async function holdPlainAutoscalers({ kubernetes, log }: Deps, plain: PlainApp): Promise<void> {
  for (const name of named(plain)) {
    const hpa = await kubernetes.get({ ...HPA, name });
    const runs = plain.workloads.find((workload) => workload.name === hpa?.spec?.scaleTargetRef.name)?.replicas ?? 0;
    const minimum = hpa?.spec?.minReplicas ?? 1;
    if (!hpa || hpa.metadata.annotations?.[HELD] !== undefined || runs <= minimum) continue;
    const body = { metadata: { annotations: { [HELD]: String(minimum) } }, spec: { minReplicas: runs } };
    await kubernetes.patch({ ...HPA, name }, body, { type: 'merge', fieldManager: FIELD_MANAGER });
    log.info(`${describe(hpa)} keeps at least ${runs} replicas until the deploy ends`);
  }
}

/** Their own minimum again. */
export async function releasePlainAutoscalers({ kubernetes }: Deps, plain: PlainApp): Promise<void> {
  for (const name of named(plain)) {
    const minimum = (await kubernetes.get({ ...HPA, name }))?.metadata.annotations?.[HELD];
    if (minimum === undefined) continue;
    const body = { metadata: { annotations: { [HELD]: null } }, spec: { minReplicas: Number(minimum) } };
    await kubernetes.patch({ ...HPA, name }, body, { type: 'merge', fieldManager: FIELD_MANAGER });
  }
}

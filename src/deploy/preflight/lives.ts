import { HttpError } from '../../interfaces/errors.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Service } from '../../interfaces/objects.ts';
import { coloredName, colorServiceName } from '../../split/index.ts';
import { workloadSpec } from '../../split/kinds/fields.ts';
import { kindNamed, rowOf, workloadKind } from '../../split/kinds/rows.ts';
import type { Color, SplitResult } from '../../split/model.ts';
import { isHook } from '../../split/read/hooks.ts';
import { activeReplicas, isWorker } from '../color/workers.ts';
import { addressDrift } from '../drift/addresses.ts';
import { objectDrift, partDrift, selectorDrift } from '../drift/drift.ts';
import type { Drift } from '../drift/model.ts';
import { refOf } from '../kube/kinds.ts';
import { SERVICE } from '../kube/names.ts';
import type { Plan, Run } from '../run/run.ts';
import type { Deployed } from '../state/model.ts';

type Reader = Pick<Run, 'kubernetes'>;
type Speaker = Pick<Run, 'log' | 'report'>;

/** Fields that people changed stay as they are until something is deployed: status shows them. */
const isBroken = ({ kind }: Drift): boolean => kind !== 'changed';

/** Whether Helm still has what was applied of the base: a rollback goes by it. */
export async function releaseDrift({ helm, options }: Pick<Run, 'helm' | 'options'>, serving: Deployed | undefined): Promise<string[]> {
  if (!serving || (await helm.recordedPart(options.release, serving.baseRevision))) return [];
  return [`Helm release ${options.release} has no revision ${serving.baseRevision} any more`];
}

/** What of the base is not there, or runs another image, although it counts as applied. */
export async function baseDrift(run: Reader, split: Pick<SplitResult, 'baseObjects'>): Promise<Drift[]> {
  const live = await liveObjects(run, split.baseObjects);
  // Their counts and data are people's and operators'.
  return live.flatMap(({ wanted, object }) => partDrift(wanted, object, true)).filter(isBroken);
}

/** What is not there at all. */
export async function missing(run: Reader, objects: readonly KubernetesObject[]): Promise<Drift[]> {
  const live = await liveObjects(run, objects);
  return live.filter(({ object }) => !object).flatMap(({ wanted }) => partDrift(wanted, undefined, true));
}

/** What of the version that serves is not as it was deployed. Its content is the plan's own. */
export async function servingDrift(run: Reader, plan: Plan, active: Color): Promise<Drift[]> {
  const { services, workloads } = plan.split;
  const [stable, own] = await Promise.all([
    liveServices(
      run,
      services.map(({ name }) => name),
    ),
    liveServices(
      run,
      services.map(({ name }) => colorServiceName(name, active)),
    ),
  ]);
  const colorService = (name: string) => own.get(colorServiceName(name, active));
  const addresses = services.flatMap(({ name }) => [[name, colorService(name)?.spec?.clusterIP ?? ''] as const]);
  const { colorObjects } = plan.splitFor(active, Object.fromEntries(addresses));
  const live = await liveObjects(run, colorObjects);
  const fewest = new Map(
    workloads.map(({ kind, name, replicas }) => [`${kind}/${coloredName(kindNamed(kind).key, name, active)}`, replicas ?? 0]),
  );
  return [
    ...services.flatMap(({ name }) => selectorDrift(name, stable.get(name), colorService(name), active)),
    ...addressDrift(
      live.flatMap(({ object }) => (object && rowOf(object)?.pods !== undefined ? [object] : [])),
      { color: active, namespace: run.kubernetes.namespace, services: services.map(({ name }) => name), colorService },
    ),
    ...live.flatMap(({ wanted, object }) =>
      objectDrift(wanted, object, object && replicasOf(object, wanted, fewest.get(`${workloadKind(wanted)}/${wanted.metadata.name}`) ?? 0)),
    ),
  ].filter(isBroken);
}

/** A worker has its own count. Of what serves, any count is what the load needs, or a person: only nothing at all is too few. */
function replicasOf(live: KubernetesObject, wanted: KubernetesObject, fewest: number): number | undefined {
  if (isWorker(live)) return activeReplicas(live, wanted);
  return workloadSpec(live).replicas === 0 ? fewest : undefined;
}

interface Live {
  wanted: KubernetesObject;
  object: KubernetesObject | undefined;
}

/** Hooks come and go. What the account may not read counts as there: that it needs the right is said where rights are asked for. */
export async function liveObjects({ kubernetes }: Reader, objects: readonly KubernetesObject[]): Promise<Live[]> {
  const lasting = objects.filter((object) => !isHook(object));
  const found = await Promise.all(
    lasting.map(async (wanted): Promise<Live[]> => {
      try {
        return [{ wanted, object: await kubernetes.get({ ...refOf(wanted), namespace: wanted.metadata.namespace }) }];
      } catch (error) {
        if (error instanceof HttpError && error.status === 403) return [];
        if (error instanceof HttpError && error.status === 404) return [{ wanted, object: undefined }];
        throw error;
      }
    }),
  );
  return found.flat();
}

async function liveServices({ kubernetes }: Reader, names: readonly string[]): Promise<Map<string, Service>> {
  const found = await Promise.all(names.map((name) => kubernetes.get({ ...SERVICE, name })));
  return new Map(found.flatMap((service) => (service ? [[service.metadata.name, service] as const] : [])));
}

/** What is not as it was deployed, all in one remark. */
export function sayDrift({ log, report }: Speaker, lines: readonly string[]): void {
  if (lines.length === 0) return;
  const remark = `Not as it was deployed: ${lines.join('; ')}`;
  log.notice(remark);
  report.notes.push(remark);
}

/** Said where nothing is left of the color that served. */
export function sayUnserved({ log, report }: Speaker, active: Color, version: string | undefined): void {
  const remark = `Nobody is served: the workloads of ${version ?? 'the version that served'} (${active}) are gone. There is nothing to protect, and nothing to go back to`;
  log.warning(remark);
  report.notes.push(remark);
}

import type { KindRef, KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Workload } from '../../interfaces/objects.ts';
import { kindOf } from './objects.ts';
import {
  type KindRow,
  type ReadyKind,
  type Rule,
  type ScaledKind,
  type ScheduledKind,
  type Standstill,
  TABLE,
  type WorkloadKind,
} from './table.ts';

/** A row with what its key says. */
export interface Kind<Name extends string = string> extends KindRow {
  key: string;
  group: string;
  ref: KindRef<Workload> & { kind: Name };
}

/** Every row, in the table's order. */
export const KINDS: readonly Kind[] = Object.entries<KindRow>(TABLE).map(([key, row]) => {
  const [group = '', kind = ''] = key.split('/');
  return { ...row, key, group, ref: { apiVersion: group === '' ? row.version : `${group}/${row.version}`, kind } };
});

const BY_KEY: ReadonlyMap<string, Kind> = new Map(KINDS.map((kind) => [kind.key, kind]));

/** The row of an object; undefined where the product knows nothing of its kind. */
export const rowOf = (object: Pick<KubernetesObject, 'apiVersion' | 'kind'>): Kind | undefined => BY_KEY.get(kindOf(object));

export const ruleOf = (object: KubernetesObject): Rule => rowOf(object)?.rule ?? 'base';

const standsStillBy = (kind: Kind | undefined, by: Standstill['by']): boolean => kind?.standstill?.by === by;
const isScaledKind = (kind: Kind | undefined): kind is Kind<ScaledKind> => kind?.rule === 'own' && standsStillBy(kind, 'replicas');
const isScheduledKind = (kind: Kind | undefined): kind is Kind<ScheduledKind> => kind?.rule === 'own' && standsStillBy(kind, 'suspend');
const isWorkloadKind = (kind: Kind | undefined): kind is Kind<WorkloadKind> => isScaledKind(kind) || isScheduledKind(kind);
const isReadyKind = (kind: Kind | undefined): kind is Kind<ReadyKind> => kind?.ready !== undefined;

/** A version's own workloads that count replicas. */
export const SCALED: readonly Kind<ScaledKind>[] = KINDS.filter(isScaledKind);
/** Those that run on a schedule. */
export const SCHEDULED: readonly Kind<ScheduledKind>[] = KINDS.filter(isScheduledKind);
/** A version's own workloads, as a plan holds them. */
export const WORKLOADS: readonly Kind<WorkloadKind>[] = KINDS.filter(isWorkloadKind);
/** A version's own workloads whose pods are those of Jobs. */
export const MAKE_JOBS: readonly Kind[] = KINDS.filter((kind) => kind.rule === 'own' && kind.makesJobs);
/** Kinds whose pods run to their end, once. */
export const RUN_ONCE: readonly Kind[] = KINDS.filter(({ ready }) => ready === 'completion');
/** Kinds that own replicas, and have a minimum. */
export const AUTOSCALERS: readonly Kind[] = KINDS.filter(({ fewest }) => fewest !== undefined);
/** What readiness can judge. */
export const READY: readonly Kind<ReadyKind>[] = KINDS.filter(isReadyKind);
/** Kinds whose objects an annotation keeps from running, and which. */
export const PAUSED = KINDS.flatMap(({ standstill, ...kind }) => (standstill?.by === 'annotation' ? [{ ...kind, ...standstill }] : []));

/** Kinds of which a deploy may delete and recreate what the API server does not let it change. */
export const RECREATED: readonly KindRef[] = KINDS.filter((kind) => kind.recreated).map(({ ref }) => ref);

/** True where the object is a version's own workload that counts replicas. */
export const isScaled = (object: KubernetesObject): object is Workload => isScaledKind(rowOf(object));

/** By the bare name of the kind, as plans hold it. */
export const kindNamed = <Name extends WorkloadKind | ReadyKind>(name: Name): Kind<Name> =>
  KINDS.find((kind) => kind.ref.kind === name) as Kind<Name>;

/** Narrows a workload's plan to those that count replicas. */
export const countsReplicas = <T extends { kind: WorkloadKind }>(plan: T): plan is T & { kind: ScaledKind } =>
  SCALED.some(({ ref }) => ref.kind === plan.kind);

/** Name of the object's kind where a plan holds its workloads. */
export function workloadKind(object: Pick<KubernetesObject, 'apiVersion' | 'kind'>): WorkloadKind | undefined {
  const row = rowOf(object);
  return isWorkloadKind(row) ? row.ref.kind : undefined;
}

/** Name of the object's kind where it counts replicas. */
export function scaledKind(object: Pick<KubernetesObject, 'apiVersion' | 'kind'>): ScaledKind | undefined {
  const row = rowOf(object);
  return isScaledKind(row) ? row.ref.kind : undefined;
}

/** True where the object's pods run to their end, once. */
export const runsOnce = (object: KubernetesObject): boolean => rowOf(object)?.ready === 'completion';

/** Name of the object's kind where readiness can judge it. */
export function readyKind(object: KubernetesObject): ReadyKind | undefined {
  const row = rowOf(object);
  return isReadyKind(row) ? row.ref.kind : undefined;
}

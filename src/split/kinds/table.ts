/**
 * Which part an object goes to:
 * - `own`: the color, as a version's own workload, named `-<color>`
 * - `target`: the color where its target is the color's, else the base
 * - `pods`: the color where its selector matches only the color's pods, else the base
 * - `config`: the base as rendered, and a copy `-<color>` where the color's workloads refer to it
 * - `service`: the base; without `spec.selector` where it leads to the color's pods (stable)
 * - `base`: the base, as rendered
 */
export type Rule = 'own' | 'target' | 'pods' | 'config' | 'service' | 'base';

/** How an object is kept from running while its color is idle: zero replicas, suspended, or an annotation that its controller honors. */
export type Standstill = { by: 'replicas' } | { by: 'suspend' } | { by: 'annotation'; annotation: string; value: string };

/** How its status says that it is ready: by its newest ReplicaSet's pods, by its own pods, by a pod on each node, or by having finished. */
export type ReadyBy = 'replica-set' | 'replicas' | 'nodes' | 'completion';

/** What the product knows of one kind. What a row leaves out, objects of the kind do not have. */
export interface KindRow {
  version: string;
  /** The resource's name in the API's paths and in Roles. */
  plural: string;
  /** `base` where left out. */
  rule?: Rule;
  /** May carry `todo-deploy.dev/part: color` whatever its rule: a copy a color makes sense, and references to it are followed. */
  colorable?: true;
  /** Path of the pod template; empty where the object is the pod. */
  pods?: string;
  /** Its pods run until they are told to stop, so that a Service may lead to them. */
  longRunning?: true;
  /** Its `spec.selector` gets the color; `fixed` where the API server lets nobody change it afterwards. */
  selector?: 'fixed' | 'free';
  /** The longest name where Kubernetes or an operator allows less than 253 characters: they make labels or other names of it. */
  nameLimit?: number;
  /** Path of the reference to the workload that it scales. */
  target?: string;
  /**
   * It owns its target's replicas: where it says how few, and how few where it does not say; how many at most; and how few while there is
   * nothing to do, whatever the minimum.
   */
  fewest?: { path: string; otherwise: number; most: string; idle?: string };
  /** Path of a name that it gives to an object which its controller makes. */
  makes?: string;
  standstill?: Standstill;
  /** Part of readiness, in the color and among the workloads that both colors share. */
  ready?: ReadyBy;
  /** Its controller waits for a pod of its last revision that never became ready, whatever the new one is: the pod has to be deleted. */
  keepsBroken?: true;
  /** Deleted and recreated where the API server refuses a change. */
  recreated?: true;
  /** Its pods are those of Jobs that its controller makes. */
  makesJobs?: true;
  /**
   * Verbs of the product's own calls, beside what Helm does with every object of a part. `always`: whatever the chart holds; `status` is
   * for charts that hold some.
   */
  access?: { verbs: string; scale?: string; status?: string; always?: true };
}

/** The whole table, a row a kind by `group/Kind`. Every other kind goes to the base as rendered. */
export const TABLE = {
  'apps/Deployment': {
    version: 'v1',
    plural: 'deployments',
    rule: 'own',
    pods: 'spec.template',
    longRunning: true,
    selector: 'fixed',
    nameLimit: 242,
    standstill: { by: 'replicas' },
    ready: 'replica-set',
    recreated: true,
    access: { verbs: 'get list watch patch', scale: 'patch', always: true },
  },
  'batch/CronJob': {
    version: 'v1',
    plural: 'cronjobs',
    rule: 'own',
    pods: 'spec.jobTemplate.spec.template',
    nameLimit: 52,
    standstill: { by: 'suspend' },
    recreated: true,
    makesJobs: true,
    access: { verbs: 'list patch', status: 'patch', always: true },
  },
  'keda.sh/ScaledJob': {
    version: 'v1alpha1',
    plural: 'scaledjobs',
    rule: 'own',
    pods: 'spec.jobTargetRef.template',
    nameLimit: 57,
    standstill: { by: 'annotation', annotation: 'autoscaling.keda.sh/paused', value: 'true' },
    makesJobs: true,
    access: { verbs: 'list patch' },
  },

  'autoscaling/HorizontalPodAutoscaler': {
    version: 'v2',
    plural: 'horizontalpodautoscalers',
    rule: 'target',
    target: 'spec.scaleTargetRef',
    fewest: { path: 'spec.minReplicas', otherwise: 1, most: 'spec.maxReplicas' },
    access: { verbs: 'list patch', always: true },
  },
  'autoscaling.k8s.io/VerticalPodAutoscaler': {
    version: 'v1',
    plural: 'verticalpodautoscalers',
    rule: 'target',
    target: 'spec.targetRef',
  },
  'keda.sh/ScaledObject': {
    version: 'v1alpha1',
    plural: 'scaledobjects',
    rule: 'target',
    nameLimit: 63,
    target: 'spec.scaleTargetRef',
    fewest: { path: 'spec.minReplicaCount', otherwise: 0, most: 'spec.maxReplicaCount', idle: 'spec.idleReplicaCount' },
    makes: 'spec.advanced.horizontalPodAutoscalerConfig.name',
    standstill: { by: 'annotation', annotation: 'autoscaling.keda.sh/paused-replicas', value: '0' },
    access: { verbs: 'list patch' },
  },
  'policy/PodDisruptionBudget': { version: 'v1', plural: 'poddisruptionbudgets', rule: 'pods', selector: 'free' },

  '/ConfigMap': { version: 'v1', plural: 'configmaps', rule: 'config' },
  '/Secret': { version: 'v1', plural: 'secrets', rule: 'config' },
  '/Service': { version: 'v1', plural: 'services', rule: 'service', nameLimit: 63 },
  '/PersistentVolumeClaim': { version: 'v1', plural: 'persistentvolumeclaims', colorable: true },
  '/ServiceAccount': { version: 'v1', plural: 'serviceaccounts', colorable: true },

  'apps/StatefulSet': {
    version: 'v1',
    plural: 'statefulsets',
    pods: 'spec.template',
    longRunning: true,
    ready: 'replicas',
    keepsBroken: true,
    access: { verbs: 'list watch' },
  },
  'apps/DaemonSet': {
    version: 'v1',
    plural: 'daemonsets',
    pods: 'spec.template',
    longRunning: true,
    ready: 'nodes',
    access: { verbs: 'list watch' },
  },
  'batch/Job': {
    version: 'v1',
    plural: 'jobs',
    pods: 'spec.template',
    nameLimit: 63,
    ready: 'completion',
    recreated: true,
    access: { verbs: 'get list watch' },
  },
  'apps/ReplicaSet': {
    version: 'v1',
    plural: 'replicasets',
    pods: 'spec.template',
    longRunning: true,
    recreated: true,
    access: { verbs: 'list watch', always: true },
  },
  '/ReplicationController': { version: 'v1', plural: 'replicationcontrollers', pods: 'spec.template', longRunning: true },
  '/Pod': { version: 'v1', plural: 'pods', pods: '', longRunning: true },
} as const satisfies Readonly<Record<`${string}/${string}`, KindRow>>;

type Table = typeof TABLE;
type KindKey = keyof Table;
type NameOf<Key> = Key extends `${string}/${infer Name}` ? Name : never;
/** Names of the kinds whose row has these properties. */
type KindsWith<Property> = { [Key in KindKey]: Table[Key] extends Property ? NameOf<Key> : never }[KindKey];

/** A version's own workloads that count replicas: what a Service may lead to. */
export type ScaledKind = KindsWith<{ rule: 'own'; standstill: { by: 'replicas' } }>;
/** Those that run on a schedule. */
export type ScheduledKind = KindsWith<{ rule: 'own'; standstill: { by: 'suspend' } }>;
export type WorkloadKind = ScaledKind | ScheduledKind;
/** What readiness can judge. */
export type ReadyKind = KindsWith<{ ready: ReadyBy }>;

import type { KindRef, KubernetesObject } from '../../interfaces/kubernetes.ts';
import type {
  EndpointSlice,
  Event,
  HorizontalPodAutoscaler,
  Job,
  Lease,
  Namespace,
  Node,
  PersistentVolumeClaim,
  Pod,
  ReplicaSet,
  Secret,
  Service,
} from '../../interfaces/objects.ts';
import { withColor } from '../../split/index.ts';
import { APP_LABEL, COLOR_LABEL, COLORS, type Color } from '../../split/model.ts';

export const leaseName = (release: string): string => `todo-deploy-${release}`;
export const journalName = (release: string): string => `todo-deploy-${release}-journal`;
/** Helm takes at most 53 characters. */
export const colorRelease = (release: string, color: Color): string => withColor(release, color, 53);
export const colorSelector = (release: string, color: Color): string => `${APP_LABEL}=${release},${COLOR_LABEL}=${color}`;
export const describe = (object: KubernetesObject): string => `${object.kind}/${object.metadata.name}`;

/** What tells an object from all others of one chart. */
export const identityOf = (object: KubernetesObject): string =>
  `${object.apiVersion} ${describe(object)} ${object.metadata.namespace ?? ''}`;

/** The color a selector names, if it names one. */
export const selectedColor = (selector: Record<string, string> | undefined): Color | undefined =>
  COLORS.find((color) => color === selector?.[COLOR_LABEL]);

export const SERVICE: KindRef<Service> = { apiVersion: 'v1', kind: 'Service' };
export const NAMESPACE: KindRef<Namespace> = { apiVersion: 'v1', kind: 'Namespace' };
export const NODE: KindRef<Node> = { apiVersion: 'v1', kind: 'Node' };
export const PERSISTENT_VOLUME_CLAIM: KindRef<PersistentVolumeClaim> = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };
export const POD: KindRef<Pod> = { apiVersion: 'v1', kind: 'Pod' };
export const EVENT: KindRef<Event> = { apiVersion: 'v1', kind: 'Event' };
export const SECRET: KindRef<Secret> = { apiVersion: 'v1', kind: 'Secret' };
export const REPLICA_SET: KindRef<ReplicaSet> = { apiVersion: 'apps/v1', kind: 'ReplicaSet' };
export const JOB: KindRef<Job> = { apiVersion: 'batch/v1', kind: 'Job' };
export const HPA: KindRef<HorizontalPodAutoscaler> = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' };
export const CRD: KindRef = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };
export const LEASE: KindRef<Lease> = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };
export const ENDPOINT_SLICE: KindRef<EndpointSlice> = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' };

/** Whether `labels` satisfy an equality selector (an empty selector matches nothing, as a Service's). */
export function selects(selector: Record<string, string> | undefined, labels: Record<string, string> | undefined): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels?.[key] === value);
}

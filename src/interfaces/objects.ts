import type * as apps from 'kubernetes-types/apps/v1.d.ts';
import type * as autoscaling from 'kubernetes-types/autoscaling/v2.d.ts';
import type * as batch from 'kubernetes-types/batch/v1.d.ts';
import type * as coordination from 'kubernetes-types/coordination/v1.d.ts';
import type * as core from 'kubernetes-types/core/v1.d.ts';
import type * as discovery from 'kubernetes-types/discovery/v1.d.ts';
import type * as networking from 'kubernetes-types/networking/v1.d.ts';
import type { ObjectMeta } from './kubernetes.ts';

/** A published type as the API server gives it: it says what it is, and has a name. */
type Known<K extends string, T> = { apiVersion: string; kind: K; metadata: ObjectMeta } & Omit<T, 'apiVersion' | 'kind' | 'metadata'>;

export type Event = Known<'Event', core.Event>;
export type Namespace = Known<'Namespace', core.Namespace>;
export type Node = Known<'Node', core.Node>;
export type PersistentVolumeClaim = Known<'PersistentVolumeClaim', core.PersistentVolumeClaim>;
export type PersistentVolume = Known<'PersistentVolume', core.PersistentVolume>;
export type Pod = Known<'Pod', core.Pod>;
export type ResourceQuota = Known<'ResourceQuota', core.ResourceQuota>;
export type Secret = Known<'Secret', core.Secret>;
export type Service = Known<'Service', core.Service>;
export type ReplicaSet = Known<'ReplicaSet', apps.ReplicaSet>;
export type Job = Known<'Job', batch.Job>;
export type HorizontalPodAutoscaler = Known<'HorizontalPodAutoscaler', autoscaling.HorizontalPodAutoscaler>;
export type Lease = Known<'Lease', coordination.Lease>;
export type EndpointSlice = Known<'EndpointSlice', discovery.EndpointSlice>;
export type NetworkPolicy = Known<'NetworkPolicy', networking.NetworkPolicy>;
export type Ingress = Known<'Ingress', networking.Ingress>;

/** What is read of any workload, an operator's too. Which of it objects of a kind have, the table of kinds says. */
export type Workload = {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec?: Partial<
    Pick<apps.DeploymentSpec, 'replicas' | 'selector' | 'strategy' | 'paused' | 'progressDeadlineSeconds'> &
      Pick<apps.StatefulSetSpec, 'updateStrategy'> &
      Pick<batch.CronJobSpec, 'suspend' | 'schedule'>
  >;
  status?: Partial<
    Pick<apps.DeploymentStatus, 'observedGeneration' | 'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas'> &
      Pick<apps.DaemonSetStatus, 'desiredNumberScheduled' | 'updatedNumberScheduled' | 'numberReady' | 'numberAvailable'> &
      Pick<apps.StatefulSetStatus, 'updateRevision'> &
      Pick<batch.JobStatus, 'succeeded'> &
      Pick<batch.CronJobStatus, 'lastScheduleTime'>
  > & { conditions?: Condition[] };
};

/** What all conditions of a status have. */
export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

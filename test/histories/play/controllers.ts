import type { DeploymentSpec, DeploymentStatus, ReplicaSetSpec } from 'kubernetes-types/apps/v1.d.ts';
import { ENDPOINT_SLICE, HPA, JOB, PERSISTENT_VOLUME_CLAIM, POD, REPLICA_SET, SERVICE, selects } from '../../../src/deploy/kube/names.ts';
import { isReady } from '../../../src/deploy/kube/pods.ts';
import type { KindRef, KubernetesObject, ObjectMeta } from '../../../src/interfaces/kubernetes.ts';
import type { HorizontalPodAutoscaler, Job, PersistentVolumeClaim, Pod, ReplicaSet, Service } from '../../../src/interfaces/objects.ts';
import { kindOf } from '../../../src/split/kinds/objects.ts';
import { same } from '../api/fields.ts';
import { type Change, type Store, waitsForDependents } from '../api/store.ts';
import type { VirtualClock } from './clock.ts';

export type Deployment = { apiVersion: string; kind: 'Deployment'; metadata: ObjectMeta; spec: DeploymentSpec; status?: DeploymentStatus };
export const DEPLOYMENT: KindRef<Deployment> = { apiVersion: 'apps/v1', kind: 'Deployment' };

/** How long things take, ms. */
const CONTROLLER_MS = 30;
const ENDPOINTS_MS = 120;
const START_MS = 800;
const STOP_MS = 1_000;
const JOB_MS = 400;
const MANAGER = 'kube-controller-manager';
/** What every container listens on. */
const CONTAINER_PORT = 8080;
const HASH = 'pod-template-hash';
const REVISION = 'deployment.kubernetes.io/revision';

export const versionOf = (pod: Pod): string => pod.spec?.containers[0]?.image?.split(':').at(-1) ?? '';

/** What runs in pods and Jobs: whether it starts, whether it succeeds. */
export interface Programs {
  starts(version: string): boolean;
  succeeds(version: string): boolean;
}

/** The controllers of Kubernetes and a kubelet, as far as a deploy can tell: each does its part a little later than what it is about. */
export class Controllers {
  readonly #store: Store;
  readonly #clock: VirtualClock;
  readonly #programs: Programs;
  /** What users ask of each version's autoscaled workloads, in pods. */
  load = 1;
  #due = false;
  #endpointsDue = false;
  #pods = 0;
  #hashes = new WeakMap<object, string>();

  constructor(store: Store, clock: VirtualClock, programs: Programs) {
    this.#store = store;
    this.#clock = clock;
    this.#programs = programs;
    store.listen((change) => this.#notice(change));
  }

  #notice({ type, object }: Change): void {
    const key = kindOf(object);
    if (key === '/Pod') {
      if (type === 'ADDED') this.#clock.after(START_MS, () => this.#start(object as Pod));
      if (object.metadata.deletionTimestamp && type === 'MODIFIED') this.#clock.after(STOP_MS, () => this.#removed(object));
      this.#soonEndpoints();
    }
    if (key === '/Service') this.#soonEndpoints();
    if (key === 'batch/Job' && type === 'ADDED') this.#clock.after(JOB_MS, () => this.#finish(object as Job));
    if (key === '/PersistentVolumeClaim' && type !== 'DELETED') this.#bind(object as PersistentVolumeClaim);
    if (!['/Secret', '/ConfigMap', 'discovery.k8s.io/EndpointSlice', 'coordination.k8s.io/Lease', '/Service'].includes(key)) this.#soon();
    else if (type === 'DELETED') this.#soon();
  }

  #soon(): void {
    if (this.#due) return;
    this.#due = true;
    this.#clock.after(CONTROLLER_MS, () => {
      this.#due = false;
      this.#reconcile();
    });
  }

  #soonEndpoints(): void {
    if (this.#endpointsDue) return;
    this.#endpointsDue = true;
    this.#clock.after(ENDPOINTS_MS, () => {
      this.#endpointsDue = false;
      for (const service of this.#store.list(SERVICE)) this.#endpoints(service);
    });
  }

  #reconcile(): void {
    this.#collectGarbage();
    for (const hpa of this.#store.list(HPA)) this.#autoscale(hpa);
    for (const deployment of this.#store.list(DEPLOYMENT)) if (!deployment.metadata.deletionTimestamp) this.#deployment(deployment);
    for (const set of this.#store.list(REPLICA_SET)) this.#replicaSet(set);
    for (const deployment of this.#store.list(DEPLOYMENT)) this.#count(deployment);
  }

  /** What was owned by something that is gone, or that waits for it to go. */
  #collectGarbage(): void {
    const all = [...this.#store.all()];
    const alive = new Map(all.map((object) => [object.metadata.uid ?? '', object]));
    for (const object of all) {
      const owner = object.metadata.ownerReferences?.[0];
      if (!owner) continue;
      const live = alive.get(owner.uid);
      if (!live || waitsForDependents(live)) this.#store.delete({ ...object, name: object.metadata.name });
    }
    for (const object of all.filter(waitsForDependents)) {
      const owned = [...this.#store.all()].some((one) => one.metadata.ownerReferences?.some(({ uid }) => uid === object.metadata.uid));
      if (!owned) this.#store.remove({ ...object, name: object.metadata.name });
    }
  }

  #deployment(deployment: Deployment): void {
    const { spec, metadata } = deployment;
    const wanted = spec.replicas ?? 1;
    const sets = this.#setsOf(deployment);
    const current = this.#current(deployment, sets);
    this.#resize(current, wanted);
    const ready = this.#podsOf(current).filter(isReady).length;
    for (const old of sets.filter((set) => set.metadata.name !== current.metadata.name)) {
      // What does not run makes room at once, what runs when the new is there.
      const left = wanted === 0 || ready >= wanted ? 0 : this.#podsOf(old).filter(isReady).length;
      this.#resize(old, Math.min(left, old.spec?.replicas ?? 0));
    }
    if (metadata.deletionTimestamp) return;
  }

  #setsOf = ({ metadata }: Deployment): ReplicaSet[] =>
    this.#store.list(REPLICA_SET).filter((set) => set.metadata.ownerReferences?.[0]?.uid === metadata.uid);

  #current(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet {
    const { metadata, spec } = deployment;
    const name = `${metadata.name}-${this.#hashOf(spec.template)}`;
    const newest = Math.max(0, ...sets.map(revisionOf));
    const found = sets.find((set) => set.metadata.name === name);
    if (found && revisionOf(found) === newest) return found;
    const annotations = { [REVISION]: `${newest + 1}` };
    if (found) return this.#store.update({ ...found, metadata: { ...found.metadata, annotations } }, { manager: MANAGER });
    const labels = { ...spec.template.metadata?.labels, [HASH]: this.#hashOf(spec.template) };
    const set: ReplicaSet = {
      ...REPLICA_SET,
      kind: 'ReplicaSet',
      metadata: { name, namespace: metadata.namespace ?? '', labels, annotations, ownerReferences: [ownerReference(deployment)] },
      spec: {
        replicas: 0,
        selector: { matchLabels: labels },
        template: { ...spec.template, metadata: { ...spec.template.metadata, labels } as never },
      },
    };
    return this.#store.create(set, { manager: MANAGER });
  }

  #hashOf(template: object): string {
    const known = this.#hashes.get(template);
    if (known) return known;
    let hash = 5381;
    const text = JSON.stringify(template);
    for (let at = 0; at < text.length; at++) hash = (hash * 33 + text.charCodeAt(at)) >>> 0;
    this.#hashes.set(template, hash.toString(36));
    return hash.toString(36);
  }

  #resize(set: ReplicaSet, replicas: number): void {
    if (set.spec?.replicas === replicas) return;
    this.#store.update({ ...set, spec: { ...(set.spec as ReplicaSetSpec), replicas } }, { manager: MANAGER });
  }

  #podsOf = ({ metadata }: ReplicaSet): Pod[] =>
    this.#store.list(POD).filter((pod) => pod.metadata.ownerReferences?.[0]?.uid === metadata.uid && !pod.metadata.deletionTimestamp);

  #replicaSet(set: ReplicaSet): void {
    if (set.metadata.deletionTimestamp) return;
    const pods = this.#podsOf(set);
    const wanted = set.spec?.replicas ?? 0;
    for (let missing = wanted - pods.length; missing > 0; missing--) this.#store.create(this.#podOf(set), { manager: MANAGER });
    // Those that are not ready first.
    const surplus = pods
      .toSorted((one, other) => Number(isReady(one)) - Number(isReady(other)))
      .slice(0, Math.max(0, pods.length - wanted));
    for (const pod of surplus) this.#store.delete({ ...POD, name: pod.metadata.name });
  }

  #podOf = (set: ReplicaSet): Pod => ({
    ...POD,
    kind: 'Pod',
    metadata: {
      name: `${set.metadata.name}-${(++this.#pods).toString(36)}`,
      namespace: set.metadata.namespace ?? '',
      labels: set.metadata.labels ?? {},
      annotations: (set.spec?.template?.metadata?.annotations ?? {}) as Record<string, string>,
      ownerReferences: [ownerReference(set)],
    },
    spec: set.spec?.template?.spec as never,
  });

  #count(deployment: Deployment): void {
    const sets = this.#setsOf(deployment);
    const current = sets.toSorted((one, other) => revisionOf(other) - revisionOf(one))[0];
    const pods = sets.flatMap((set) => this.#podsOf(set));
    const own = current ? this.#podsOf(current) : [];
    const ready = pods.filter(isReady).length;
    const status = {
      observedGeneration: deployment.metadata.generation,
      replicas: pods.length,
      updatedReplicas: own.length,
      readyReplicas: ready,
      availableReplicas: ready,
    };
    this.#store.setStatus({ ...DEPLOYMENT, name: deployment.metadata.name }, status);
  }

  #start({ metadata }: Pod): void {
    const pod = this.#store.get({ ...POD, name: metadata.name });
    if (!pod || pod.metadata.uid !== metadata.uid || pod.metadata.deletionTimestamp) return;
    const starts = this.#programs.starts(versionOf(pod));
    const ip = `10.244.${this.#pods >> 8}.${this.#pods & 255}-${metadata.name}`;
    const ready = starts ? 'True' : 'False';
    const state = starts ? { running: {} } : { waiting: { reason: 'CreateContainerError', message: 'exec: "app": not found in $PATH' } };
    this.#store.setStatus(
      { ...POD, name: metadata.name },
      {
        phase: starts ? 'Running' : 'Pending',
        podIP: ip,
        conditions: [
          { type: 'PodScheduled', status: 'True' },
          { type: 'Ready', status: ready },
        ],
        containerStatuses: (pod.spec?.containers ?? []).map(({ name, image }) => ({
          name,
          image,
          imageID: '',
          ready: starts,
          started: starts,
          restartCount: 0,
          state,
        })),
      },
    );
  }

  #removed({ metadata }: KubernetesObject): void {
    const pod = this.#store.get({ ...POD, name: metadata.name });
    if (pod?.metadata.uid === metadata.uid) this.#store.remove({ ...POD, name: metadata.name });
  }

  #finish({ metadata }: Job): void {
    const job = this.#store.get({ ...JOB, name: metadata.name });
    if (!job || job.metadata.uid !== metadata.uid) return;
    const succeeded = this.#programs.succeeds(job.spec?.template.spec?.containers[0]?.image?.split(':').at(-1) ?? '');
    const condition = { type: succeeded ? 'Complete' : 'Failed', status: 'True' };
    this.#store.setStatus(
      { ...JOB, name: metadata.name },
      { conditions: [condition], succeeded: succeeded ? 1 : 0, failed: succeeded ? 0 : 1 },
    );
  }

  #bind({ metadata, spec }: PersistentVolumeClaim): void {
    const capacity = spec?.resources?.requests ?? {};
    this.#store.setStatus({ ...PERSISTENT_VOLUME_CLAIM, name: metadata.name }, { phase: 'Bound', capacity });
  }

  /** As many as users ask for, within its bounds; it leaves alone what stands at zero. */
  #autoscale({ spec }: HorizontalPodAutoscaler): void {
    const name = spec?.scaleTargetRef.name ?? '';
    const target = this.#store.get({ ...DEPLOYMENT, name });
    const now = target?.spec.replicas ?? 1;
    if (!target || now === 0 || target.metadata.deletionTimestamp) return;
    const wanted = Math.min(Math.max(spec?.minReplicas ?? 1, this.#takesTraffic(target) ? this.load : 1), spec?.maxReplicas ?? 1);
    if (wanted !== now)
      this.#store.update({ ...target, spec: { ...target.spec, replicas: wanted } }, { manager: 'horizontal-pod-autoscaler' });
  }

  #takesTraffic = ({ spec }: Deployment): boolean =>
    this.#store
      .list(SERVICE)
      .some(
        (service) =>
          service.metadata.annotations?.['meta.helm.sh/release-name'] && selects(service.spec?.selector, spec.template.metadata?.labels),
      );

  #endpoints(service: Service): void {
    const { name, namespace } = service.metadata;
    // Without a selector they stay as they are.
    if (Object.keys(service.spec?.selector ?? {}).length === 0) return;
    const endpoints = this.#store
      .list(POD)
      .filter((pod) => selects(service.spec?.selector, pod.metadata.labels) && pod.status?.podIP)
      .map((pod) => ({
        addresses: [pod.status?.podIP ?? ''],
        conditions: { ready: isReady(pod), serving: isReady(pod), terminating: pod.metadata.deletionTimestamp !== undefined },
        targetRef: { kind: 'Pod', name: pod.metadata.name, uid: pod.metadata.uid ?? '' },
      }));
    const live = this.#store.get({ ...ENDPOINT_SLICE, name });
    if (live && same(live.endpoints, endpoints) && same(live.ports?.map(nameOf), service.spec?.ports?.map(nameOf))) return;
    const slice = {
      ...ENDPOINT_SLICE,
      kind: 'EndpointSlice' as const,
      metadata: {
        name,
        namespace: namespace ?? '',
        labels: { 'kubernetes.io/service-name': name },
        ownerReferences: [ownerReference(service)],
      },
      addressType: 'IPv4',
      endpoints,
      ports: (service.spec?.ports ?? []).map(({ name: port, protocol }) => ({
        name: port ?? '',
        port: CONTAINER_PORT,
        protocol: protocol ?? 'TCP',
      })),
    };
    if (live) this.#store.update({ ...live, endpoints, ports: slice.ports }, { manager: MANAGER });
    else this.#store.create(slice, { manager: MANAGER });
  }
}

const nameOf = ({ name }: { name?: string }): string => name ?? '';
const revisionOf = ({ metadata }: ReplicaSet): number => Number(metadata.annotations?.[REVISION] ?? 0);

const ownerReference = ({ apiVersion, kind, metadata }: KubernetesObject) => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid ?? '',
  controller: true,
});

import { createHash } from 'node:crypto';
import type { DeploymentSpec, DeploymentStatus } from 'kubernetes-types/apps/v1.d.ts';
import { equal } from '../../../src/deploy/kube/equal.ts';
import { ENDPOINT_SLICE, POD, REPLICA_SET, SERVICE, selects } from '../../../src/deploy/kube/names.ts';
import { isReady } from '../../../src/deploy/kube/pods.ts';
import type { KindRef, Kubernetes, KubernetesObject, ObjectMeta } from '../../../src/interfaces/kubernetes.ts';
import type { Pod, Service } from '../../../src/interfaces/objects.ts';
import type { ServicePort } from '../../../src/split/model.ts';
import { ControlLoop, type Kubelet } from './control-loop.ts';

type Deployment = { apiVersion: string; kind: 'Deployment'; metadata: ObjectMeta; spec?: DeploymentSpec; status?: DeploymentStatus };
export const DEPLOYMENT: KindRef<Deployment> = { apiVersion: 'apps/v1', kind: 'Deployment' };
const HASH = 'pod-template-hash';

/**
 * What the controllers of Kubernetes and a kubelet do for Deployments and Services of one namespace, with the API alone: ReplicaSets, pods
 * with their status, EndpointSlices, and the status of Deployments. Nothing is kept but what the API server says.
 */
export class Controllers extends ControlLoop {
  readonly #deployments = new Map<string, Deployment>();
  readonly #services = new Map<string, Service>();
  readonly #slices = new Map<string, object[]>();
  readonly #revisions = new Map<string, string[]>();

  constructor(kubernetes: Kubernetes, kubelet: Kubelet) {
    super(kubernetes, kubelet, '10.244.0');
  }

  /** How many there are. */
  get deployments(): number {
    return this.#deployments.size;
  }

  protected follows = () => [[DEPLOYMENT, this.#deployments] as const, [SERVICE, this.#services] as const];

  protected async reconcile(): Promise<void> {
    const owners = await Promise.all([...this.#deployments.values()].map((deployment) => this.#deployment(deployment)));
    // Pods of Jobs are a test's own.
    await Promise.all(this.orphans(REPLICA_SET, owners).map((pod) => this.delete(pod)));
    await Promise.all([...this.#services.values()].map((service) => this.#service(service)));
  }

  /** Returns the uid of the ReplicaSet whose pods are the Deployment's. */
  async #deployment(deployment: Deployment): Promise<string | undefined> {
    const { metadata, spec, status } = deployment;
    const set = await this.#replicaSet(deployment);
    const own = this.podsOf(set);
    const wanted = spec?.replicas ?? 1;
    const names = Array.from({ length: wanted }, (_, index) => `${set.metadata.name}-${index}`);
    await Promise.all([
      ...names.filter((name) => !this.pods.has(name)).map((name) => this.create(podOf(deployment, set, name))),
      ...own.filter((pod) => !names.includes(pod.metadata.name)).map((pod) => this.delete(pod)),
      this.runPods(own),
    ]);
    const ready = own.filter(isReady).length;
    const counted = { replicas: own.length, updatedReplicas: own.length, readyReplicas: ready, availableReplicas: ready };
    const now = { observedGeneration: metadata.generation, ...counted };
    const was = Object.fromEntries(Object.keys(now).map((key) => [key, status?.[key as keyof typeof now] ?? 0]));
    if (!equal(was, now)) await this.status(DEPLOYMENT, metadata.name, now);
    return set.metadata.uid;
  }

  /** The newest, or the one of this template that was the newest before. */
  async #replicaSet(deployment: Deployment): Promise<KubernetesObject> {
    const { metadata, spec } = deployment;
    const hash = createHash('sha256').update(JSON.stringify(spec?.template)).digest('hex').slice(0, 10);
    const name = `${metadata.name}-${hash}`;
    const seen = this.#revisions.get(metadata.uid ?? '') ?? [];
    if (seen.at(-1) !== hash) {
      this.#revisions.set(metadata.uid ?? '', [...seen, hash]);
      const labels = { ...spec?.template.metadata?.labels, [HASH]: hash };
      const set = {
        ...REPLICA_SET,
        metadata: {
          name,
          namespace: this.kubernetes.namespace,
          labels,
          annotations: { 'deployment.kubernetes.io/revision': `${seen.length + 1}` },
          ownerReferences: [ownerReference(deployment)],
        },
        spec: {
          replicas: spec?.replicas ?? 1,
          selector: { matchLabels: { ...spec?.selector.matchLabels, [HASH]: hash } },
          template: { ...spec?.template, metadata: { labels } },
        },
      };
      await this.kubernetes.apply(set as KubernetesObject, { fieldManager: 'deployment-controller', force: true });
    }
    const set = await this.kubernetes.get({ ...REPLICA_SET, name });
    if (!set) throw new Error(`ReplicaSet ${name} is gone`);
    return set;
  }

  async #service({ metadata, spec }: Service): Promise<void> {
    // Without a selector its endpoints stay as they are.
    if (!spec?.selector) return;
    const pods = [...this.pods.values()].filter((pod) => selects(spec.selector, pod.metadata.labels) && pod.status?.podIP);
    const slices = new Map<string, { ports: object[]; endpoints: object[] }>([[metadata.name, { ports: [], endpoints: [] }]]);
    for (const pod of pods) {
      const ports = (spec.ports ?? []).flatMap((port) => endpointPort(port, pod));
      // Pods that lack a port are in a slice of their own.
      const name = ports.length === spec.ports?.length ? metadata.name : `${metadata.name}-${ports.length}`;
      slices.set(name, { ports, endpoints: [...(slices.get(name)?.endpoints ?? []), endpointOf(pod)] });
    }
    const known = [...this.#slices.keys()].filter((name) => name.startsWith(`${metadata.name}-`) && /-\d$/.test(name));
    for (const name of known) if (!slices.has(name)) slices.set(name, { ports: [], endpoints: [] });
    for (const [name, { ports, endpoints }] of slices) {
      if (equal(this.#slices.get(name), endpoints)) continue;
      const labels = { 'kubernetes.io/service-name': metadata.name };
      const slice = { ...ENDPOINT_SLICE, metadata: { name, namespace: this.kubernetes.namespace, labels }, addressType: 'IPv4' };
      await this.kubernetes.apply({ ...slice, endpoints, ports } as KubernetesObject, {
        fieldManager: 'endpointslice-controller',
        force: true,
      });
      this.#slices.set(name, endpoints);
    }
  }
}

/** A port of a Service as this pod has it; nothing where none of its containers has a port of that name. */
function endpointPort({ name, port, targetPort = port, protocol = 'TCP' }: ServicePort, pod: Pod): object[] {
  const ports = (pod.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  const number = typeof targetPort === 'number' ? targetPort : ports.find((one) => one.name === targetPort)?.containerPort;
  return number === undefined ? [] : [{ name: name ?? '', port: number, protocol }];
}

const endpointOf = (pod: Pod): object => ({
  addresses: [pod.status?.podIP],
  conditions: { ready: isReady(pod), serving: isReady(pod), terminating: false },
  targetRef: { kind: 'Pod', name: pod.metadata.name, uid: pod.metadata.uid },
});

const ownerReference = ({ apiVersion, kind, metadata }: KubernetesObject) => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid ?? '',
  controller: true,
});

const podOf = ({ spec }: Deployment, set: KubernetesObject, name: string): Pod =>
  ({
    ...POD,
    metadata: {
      name,
      labels: set.metadata.labels,
      annotations: spec?.template.metadata?.annotations,
      ownerReferences: [ownerReference(set)],
    },
    spec: spec?.template.spec,
  }) as Pod;

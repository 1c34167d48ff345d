import { NAMESPACE, PERSISTENT_VOLUME_CLAIM } from '../../../../src/deploy/kube/names.ts';
import { HttpError } from '../../../../src/interfaces/errors.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import { PREVIEW_LABEL } from '../../../../src/preview/model/index.ts';
import { REPOSITORY_LABEL } from '../../../../src/preview/model/marks.ts';
import { KubernetesClient } from '../../../../src/tools/kubernetes/client.ts';
import type { ClusterAccess } from '../../../../src/tools/kubernetes/load.ts';
import { Controllers } from '../../support/controllers.ts';
import { kubelet } from '../../support/pods.ts';
import { isPlayedHere } from './ids.ts';

export const PERSISTENT_VOLUME = { apiVersion: 'v1', kind: 'PersistentVolume' };

export type Listener = (namespace: KubernetesObject, type: 'ADDED' | 'MODIFIED' | 'DELETED') => void;

/** In the namespace of each preview that is played here, as long as it is there: controllers, a kubelet, and a provisioner of volumes. */
export class Kubelets {
  readonly #access: ClusterAccess;
  readonly #kubernetes: KubernetesClient;
  readonly #stop = new AbortController();
  /** By uid. */
  readonly #places = new Map<string, Place>();
  readonly #listeners = new Set<Listener>();
  #watching: Promise<void> = Promise.resolve();

  constructor(access: ClusterAccess) {
    this.#access = access;
    this.#kubernetes = new KubernetesClient(access, { namespace: 'default' });
  }

  start(): void {
    this.#watching = this.#watch().catch(() => undefined);
  }

  /** Returns what ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** How many workloads a namespace has. */
  workloadsIn = (uid: string): number => this.#places.get(uid)?.workloads ?? 0;

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
    await Promise.all([...this.#places.values()].map((place) => place.end()));
    await this.#kubernetes.close();
  }

  async #watch(): Promise<void> {
    for await (const { type, object } of this.#kubernetes.watch(NAMESPACE, { labelSelector: PREVIEW_LABEL, signal: this.#stop.signal })) {
      const { name, uid = '', deletionTimestamp, labels } = object.metadata;
      if (!isPlayedHere(Number(labels?.[REPOSITORY_LABEL]))) continue;
      const place = this.#places.get(uid);
      if (type === 'DELETED') void place?.end().then(() => this.#places.delete(uid));
      else if (deletionTimestamp) void place?.stopControllers();
      else if (!place) this.#places.set(uid, new Place(this.#access, name));
      for (const listener of this.#listeners) listener(object, type);
    }
  }
}

class Place {
  readonly #kubernetes: KubernetesClient;
  readonly #stop = new AbortController();
  readonly #provisioning: Promise<void>;
  readonly #volumes = new Set<string>();
  readonly #controllers: Controllers;
  #stopping = false;

  constructor(access: ClusterAccess, namespace: string) {
    this.#kubernetes = new KubernetesClient(access, { namespace });
    this.#controllers = new Controllers(this.#kubernetes, kubelet);
    this.#controllers.start();
    this.#provisioning = this.#provision().catch(() => undefined);
  }

  get workloads(): number {
    return this.#controllers.deployments;
  }

  async stopControllers(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    // What they could not do in a namespace that ends is nobody's fault.
    await this.#controllers.stop().catch(() => undefined);
  }

  /** Its claims are gone with it. */
  async end(): Promise<void> {
    await this.stopControllers();
    this.#stop.abort();
    await this.#provisioning;
    for (const name of this.#volumes) await this.#kubernetes.delete({ ...PERSISTENT_VOLUME, name });
    await this.#kubernetes.close();
  }

  async #provision(): Promise<void> {
    for await (const { type, object } of this.#kubernetes.watch(PERSISTENT_VOLUME_CLAIM, { signal: this.#stop.signal })) {
      const { name, namespace, uid } = object.metadata;
      const volume = `pvc-${uid}`;
      if (type === 'DELETED') {
        await this.#kubernetes.delete({ ...PERSISTENT_VOLUME, name: volume });
        this.#volumes.delete(volume);
      } else if (!this.#volumes.has(volume)) {
        this.#volumes.add(volume);
        const spec = {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteOnce'],
          persistentVolumeReclaimPolicy: 'Delete',
          hostPath: { path: '/data' },
          claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid },
        };
        await this.#kubernetes.create({ ...PERSISTENT_VOLUME, metadata: { name: volume }, spec }).catch((error: unknown) => {
          if (!(error instanceof HttpError) || error.status !== 409) throw error;
        });
      }
    }
  }
}

import type { Duplex } from 'node:stream';

export interface ObjectMeta {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean }[];
  managedFields?: { manager: string; operation: string; time?: string; subresource?: string; fieldsV1?: Record<string, unknown> }[];
}

/** Any Kubernetes object. Known fields are read through narrow types at the place that needs them. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  // biome-ignore lint/suspicious/noExplicitAny: objects of every kind pass through here
  [field: string]: any;
}

export interface KindRef {
  apiVersion: string;
  kind: string;
}

export interface ObjectRef extends KindRef {
  name: string;
  /** Left out for the client's own namespace; ignored for cluster-scoped kinds. */
  namespace?: string;
}

export interface ListOptions {
  namespace?: string;
  /** Of the whole cluster; `list` alone knows it. */
  allNamespaces?: boolean;
  labelSelector?: string;
  fieldSelector?: string;
  /** Names, labels and annotations only. */
  metadataOnly?: boolean;
}

export interface WatchEvent<T extends KubernetesObject = KubernetesObject> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: T;
}

export interface LogOptions {
  container: string;
  previous?: boolean;
  tailLines?: number;
  limitBytes?: number;
}

export interface AccessReview {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
  namespace?: string;
  name?: string;
}

export type PatchType = 'merge' | 'json' | 'strategic';

/**
 * The Kubernetes API as the domain needs it. Errors are `HttpError` with Kubernetes' `reason`; `get` and `delete` answer undefined
 * where there is no such object. Calls that are safe to repeat are retried inside (backoff with jitter); conditional writes are not.
 */
export interface Kubernetes {
  readonly namespace: string;
  get<T extends KubernetesObject = KubernetesObject>(ref: ObjectRef): Promise<T | undefined>;
  list<T extends KubernetesObject = KubernetesObject>(
    kind: KindRef,
    options?: ListOptions,
  ): Promise<{ items: T[]; resourceVersion: string }>;
  /**
   * Lists, then watches: yields every existing object as ADDED, then the changes; reconnects by itself and lists anew after 410 Gone
   * (objects that vanished meanwhile come as DELETED). Ends when `signal` is aborted.
   */
  watch<T extends KubernetesObject = KubernetesObject>(
    kind: KindRef,
    options: ListOptions & { signal: AbortSignal },
  ): AsyncIterable<WatchEvent<T>>;
  /** Server-side apply. */
  apply<T extends KubernetesObject = KubernetesObject>(
    object: KubernetesObject,
    options: { fieldManager: string; force?: boolean; dryRun?: boolean },
  ): Promise<T>;
  create<T extends KubernetesObject = KubernetesObject>(object: KubernetesObject): Promise<T>;
  /** PUT; conditional when `metadata.resourceVersion` is set (409 Conflict otherwise lost). */
  replace<T extends KubernetesObject = KubernetesObject>(object: KubernetesObject): Promise<T>;
  patch<T extends KubernetesObject = KubernetesObject>(
    ref: ObjectRef,
    body: unknown,
    options: { type: PatchType; subresource?: string; fieldManager?: string },
  ): Promise<T>;
  delete(ref: ObjectRef, options?: { uid?: string; propagation?: 'Foreground' | 'Background' | 'Orphan' }): Promise<void>;
  logs(pod: { namespace?: string; name: string }, options: LogOptions): Promise<string>;
  /** One connection to a port of a pod (the port-forward subresource). */
  portForward(pod: { namespace?: string; name: string }, port: number): Promise<Duplex>;
  /** Which of these are denied (empty: all are allowed). */
  denied(reviews: readonly AccessReview[]): Promise<AccessReview[]>;
  /** undefined where the cluster does not know the kind. */
  resource(kind: KindRef): Promise<{ plural: string; namespaced: boolean; verbs: string[] } | undefined>;
  serverVersion(): Promise<string>;
}

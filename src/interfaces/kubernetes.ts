import type { Duplex } from 'node:stream';

export interface ObjectMeta {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  uid?: string;
  /** With one, a write is conditional. */
  resourceVersion?: string | undefined;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean }[];
  managedFields?: { manager: string; operation: string; time?: string; subresource?: string; fieldsV1?: Record<string, unknown> }[];
}

/** An object of any kind. Its kind's type (`objects.ts`) comes with the constant that it is asked for by, or from `isA`. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

declare const objectType: unique symbol;

/** A kind; `T` is there for the compiler alone and says what its objects hold. */
export interface KindRef<T extends KubernetesObject = KubernetesObject> {
  apiVersion: string;
  kind: T['kind'];
  readonly [objectType]?: T;
}

export interface ObjectRef<T extends KubernetesObject = KubernetesObject> extends KindRef<T> {
  name: string;
  /** Left out for the client's own namespace; ignored for cluster-scoped kinds. */
  namespace?: string | undefined;
}

/** Pure: whether an object is of this kind, in whatever version of its API. */
export function isA<T extends KubernetesObject>(object: KubernetesObject, kind: KindRef<T>): object is T {
  return object.kind === kind.kind && groupOf(object) === groupOf(kind);
}

/** Pure: API group of an object or a kind: `apps`, or '' for the core group. */
export const groupOf = ({ apiVersion }: { apiVersion: string }): string => apiVersion.slice(0, Math.max(0, apiVersion.lastIndexOf('/')));

export interface ListOptions {
  namespace?: string | undefined;
  /** Of the whole cluster; `list` alone knows it. */
  allNamespaces?: boolean;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
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
  subresource?: string | undefined;
  namespace?: string | undefined;
  name?: string | undefined;
}

export type PatchType = 'merge' | 'json' | 'strategic';

/**
 * The Kubernetes API as the domain needs it. Errors are `HttpError` with Kubernetes' `reason`; `get` and `delete` return undefined
 * where there is no such object. Calls that are safe to repeat are retried inside (backoff with jitter). Where the answer to any other write is
 * lost, what is there is read, and the write is repeated if it did not arrive.
 */
export interface Kubernetes {
  readonly namespace: string;
  get<T extends KubernetesObject = KubernetesObject>(ref: ObjectRef<T>): Promise<T | undefined>;
  list<T extends KubernetesObject = KubernetesObject>(
    kind: KindRef<T>,
    options?: ListOptions,
  ): Promise<{ items: T[]; resourceVersion: string }>;
  /**
   * Lists, then watches: yields every existing object as ADDED, then the changes; reconnects by itself and lists again after 410 Gone
   * (objects that vanished meanwhile come as DELETED). Ends when `signal` is aborted.
   */
  watch<T extends KubernetesObject = KubernetesObject>(
    kind: KindRef<T>,
    options: ListOptions & { signal: AbortSignal },
  ): AsyncIterable<WatchEvent<T>>;
  /** Server-side apply. */
  apply<T extends KubernetesObject>(object: T, options: { fieldManager: string; force?: boolean; dryRun?: boolean }): Promise<T>;
  create<T extends KubernetesObject>(object: T): Promise<T>;
  /** PUT; conditional when `metadata.resourceVersion` is set (409 Conflict otherwise lost). */
  replace<T extends KubernetesObject>(object: T): Promise<T>;
  patch<T extends KubernetesObject = KubernetesObject>(
    ref: ObjectRef<T>,
    body: unknown,
    options: { type: PatchType; subresource?: string; fieldManager?: string },
  ): Promise<T>;
  delete(ref: ObjectRef, options?: { uid?: string | undefined; propagation?: 'Foreground' | 'Background' | 'Orphan' }): Promise<void>;
  logs(pod: { namespace?: string | undefined; name: string }, options: LogOptions): Promise<string>;
  /** One connection to a port of a pod (the port-forward subresource). */
  portForward(pod: { namespace?: string | undefined; name: string }, port: number): Promise<Duplex>;
  /** Which of these are denied (empty: all are allowed). */
  denied(reviews: readonly AccessReview[]): Promise<AccessReview[]>;
  /** undefined where the cluster does not know the kind. */
  resource(kind: KindRef): Promise<{ plural: string; namespaced: boolean; verbs: string[] } | undefined>;
  serverVersion(): Promise<string>;
}

/** Finds kinds by what messages of the API call them. */
export interface KindFinder {
  /** Kinds of a group (the core one: ''), in the version that the cluster prefers; none where it has no such group. */
  kindsOf(group: string): Promise<{ ref: KindRef; plural: string; namespaced: boolean; verbs: string[] }[]>;
}

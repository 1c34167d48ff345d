import type { Duplex } from 'node:stream';
import type {
  AccessReview,
  KindFinder,
  KindRef,
  Kubernetes,
  KubernetesObject,
  ListOptions,
  LogOptions,
  ObjectRef,
  PatchType,
  WatchEvent,
} from '../../interfaces/kubernetes.ts';
import type { Patience } from '../retry.ts';
import { deniedOf } from './access-reviews.ts';
import { dateOf, ifFound } from './answers.ts';
import { type ApiResource, Discovery, type PathParts, resourcePath } from './discovery.ts';
import type { ClusterAccess } from './load.ts';
import { certain, isRepeatable, type Judge, judgeConditional, judgeCreate, judgePatch } from './lost-answers.ts';
import { openPortForward } from './port-forward.ts';
import { Relay } from './relay.ts';
import { Transport, type TransportOptions } from './transport.ts';
import { watch } from './watch.ts';

const PAGE = 500;
const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const POD: KindRef = { apiVersion: 'v1', kind: 'Pod' };
/** Of a port-forward: checks are sent again by themselves. */
const FORWARD_PATIENCE: Patience = { attempts: 3, budgetMs: 10_000 };
const PATCH_TYPES: Readonly<Record<PatchType, string>> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

export interface KubernetesClientOptions extends TransportOptions {
  /** Default: the context's namespace, else `default`. */
  namespace?: string | undefined;
}

interface ListResponse<T> {
  items: T[] | null;
  metadata: { resourceVersion: string; continue?: string };
}

/** The Kubernetes API over plain HTTP and web sockets. */
export class KubernetesClient implements Kubernetes, KindFinder {
  readonly namespace: string;
  readonly #transport: Transport;
  readonly #discovery: Discovery;
  #relay: Relay | undefined;

  constructor(access: ClusterAccess, options: KubernetesClientOptions = {}) {
    this.namespace = options.namespace ?? access.namespace ?? 'default';
    this.#transport = new Transport(access, options);
    this.#discovery = new Discovery(this.#transport);
  }

  /** Closes idle connections, and the relay. */
  async close(): Promise<void> {
    this.#relay?.close();
    await this.#transport.close();
  }

  /** The way of other programs to the same cluster, as the same user. */
  get relay(): Relay {
    this.#relay ??= new Relay(this.#transport);
    return this.#relay;
  }

  async #path(
    ref: KindRef & { namespace?: string | undefined; allNamespaces?: boolean | undefined },
    parts: Omit<PathParts, 'namespace'>,
  ): Promise<string> {
    const resource = await this.#discovery.need(ref);
    const namespace = ref.allNamespaces ? undefined : (ref.namespace ?? this.namespace);
    return resourcePath(ref.apiVersion, resource, { ...parts, namespace });
  }

  async get<T extends KubernetesObject = KubernetesObject>(ref: ObjectRef<T>): Promise<T | undefined> {
    return await ifFound(async () => {
      return await this.#transport.json<T>({ method: 'GET', path: await this.#path(ref, { name: ref.name }) }, 'safe');
    });
  }

  async list<T extends KubernetesObject = KubernetesObject>(
    kind: KindRef<T>,
    options: ListOptions = {},
  ): Promise<{ items: T[]; resourceVersion: string }> {
    const items: T[] = [];
    let next: string | undefined;
    for (;;) {
      const path = await this.#path(
        { ...kind, namespace: options.namespace, allNamespaces: options.allNamespaces },
        { query: { ...selectors(options), limit: PAGE, continue: next } },
      );
      const accept = options.metadataOnly ? { accept: METADATA_ONLY } : {};
      const page = await this.#transport.json<ListResponse<T>>({ method: 'GET', path, ...accept }, 'safe');
      // Objects in a list come without their kind.
      for (const item of page.items ?? []) items.push({ ...item, apiVersion: kind.apiVersion, kind: kind.kind });
      next = page.metadata.continue;
      if (!next) return { items, resourceVersion: page.metadata.resourceVersion };
    }
  }

  watch<T extends KubernetesObject = KubernetesObject>(
    kind: KindRef<T>,
    options: ListOptions & { signal: AbortSignal },
  ): AsyncIterable<WatchEvent<T>> {
    return watch<T>(
      {
        list: () => this.list<T>(kind, options),
        open: async (query, signal) => {
          const path = await this.#path({ ...kind, namespace: options.namespace }, { query: { ...selectors(options), ...query } });
          return (await this.#transport.open({ method: 'GET', path }, signal)).body;
        },
        onHiccup: (why) =>
          this.#transport.hiccup(new Error(`WATCH ${kind.kind} in namespace ${options.namespace ?? this.namespace}: ${why}`)),
      },
      options.signal,
    );
  }

  async apply<T extends KubernetesObject>(object: T, options: { fieldManager: string; force?: boolean; dryRun?: boolean }): Promise<T> {
    const path = await this.#path(refOf(object), {
      name: object.metadata.name,
      query: { fieldManager: options.fieldManager, force: options.force, dryRun: options.dryRun ? 'All' : undefined },
    });
    const { managedFields: _, ...metadata } = object.metadata;
    const body = { ...object, metadata };
    const request = { method: 'PATCH', path, body, contentType: 'application/apply-patch+yaml' } as const;
    if (object.metadata.resourceVersion === undefined) return await this.#transport.json<T>(request, 'safe');
    return await this.#certain(refTo(object), judgeConditional(object), () => this.#transport.json<T>(request, 'unsent'));
  }

  async create<T extends KubernetesObject>(object: T): Promise<T> {
    const path = await this.#path(refOf(object), {});
    return await this.#certain(refTo(object), judgeCreate(object), () =>
      this.#transport.json<T>({ method: 'POST', path, body: object }, 'unsent'),
    );
  }

  async replace<T extends KubernetesObject>(object: T): Promise<T> {
    const path = await this.#path(refOf(object), { name: object.metadata.name });
    const request = { method: 'PUT', path, body: object } as const;
    if (object.metadata.resourceVersion === undefined) return await this.#transport.json<T>(request, 'safe');
    return await this.#certain(refTo(object), judgeConditional(object), () => this.#transport.json<T>(request, 'unsent'));
  }

  /** A write whose answer may get lost. */
  #certain<T extends KubernetesObject>(ref: ObjectRef<T>, judge: Judge, send: () => Promise<T>): Promise<T> {
    // What the API server gives under a kind is of that kind.
    const answer = (live: KubernetesObject | undefined) => live as T;
    return certain<T>({ send, read: () => this.get(ref), judge, answer, onLost: (error) => this.#transport.hiccup(error) });
  }

  async patch<T extends KubernetesObject = KubernetesObject>(
    ref: ObjectRef<T>,
    body: unknown,
    options: { type: PatchType; subresource?: string; fieldManager?: string },
  ): Promise<T> {
    const path = await this.#path(ref, {
      name: ref.name,
      subresource: options.subresource,
      query: { fieldManager: options.fieldManager },
    });
    const request = { method: 'PATCH', path, body, contentType: PATCH_TYPES[options.type] } as const;
    if (isRepeatable(body)) return await this.#transport.json<T>(request, 'safe');
    return await this.#certain(ref, judgePatch(ref, body), () => this.#transport.json<T>(request, 'unsent'));
  }

  async delete(
    ref: ObjectRef,
    options: { uid?: string | undefined; propagation?: 'Foreground' | 'Background' | 'Orphan' } = {},
  ): Promise<void> {
    // Without it a repetition might take what somebody else has made anew.
    const uid = options.uid ?? (await this.get(ref))?.metadata.uid;
    if (uid === undefined) return;
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: options.propagation ?? 'Background',
      preconditions: { uid },
    };
    const path = await this.#path(ref, { name: ref.name });
    const goes = (live: KubernetesObject | undefined) => live?.metadata.uid !== uid || live.metadata.deletionTimestamp !== undefined;
    await ifFound(() =>
      certain<void>({
        send: () => this.#transport.text({ method: 'DELETE', path, body }, 'unsent').then(() => undefined),
        read: () => this.get(ref),
        judge: (live) => (goes(live) ? 'done' : 'open'),
        answer: () => undefined,
        onLost: (error) => this.#transport.hiccup(error),
      }),
    );
  }

  async logs(pod: { namespace?: string | undefined; name: string }, options: LogOptions): Promise<string> {
    const query = {
      container: options.container,
      previous: options.previous,
      tailLines: options.tailLines,
      limitBytes: options.limitBytes,
    };
    const path = await this.#path({ ...POD, namespace: pod.namespace }, { name: pod.name, subresource: 'log', query });
    return await this.#transport.text({ method: 'GET', path, accept: '*/*' }, 'safe');
  }

  async portForward(pod: { namespace?: string | undefined; name: string }, port: number): Promise<Duplex> {
    const path = await this.#path(
      { ...POD, namespace: pod.namespace },
      { name: pod.name, subresource: 'portforward', query: { ports: port } },
    );
    const open = () => openPortForward(this.#transport, path, `pod ${pod.name} port ${port}`);
    return await this.#transport.patiently('safe', open, FORWARD_PATIENCE);
  }

  async denied(reviews: readonly AccessReview[]): Promise<AccessReview[]> {
    return await deniedOf(reviews, this.namespace, this.#transport);
  }

  async resource(kind: KindRef): Promise<ApiResource | undefined> {
    return await this.#discovery.find(kind);
  }

  async kindsOf(group: string): Promise<(ApiResource & { ref: KindRef })[]> {
    return await this.#discovery.ofGroup(group);
  }

  async serverTime(): Promise<number | undefined> {
    return dateOf(await this.#transport.exchange({ method: 'GET', path: '/version' }, 'safe'));
  }

  async serverVersion(): Promise<string> {
    return (await this.#transport.json<{ gitVersion: string }>({ method: 'GET', path: '/version' }, 'safe')).gitVersion;
  }
}

function selectors({ labelSelector, fieldSelector }: ListOptions): Record<string, string | undefined> {
  return { labelSelector, fieldSelector };
}

function refTo<T extends KubernetesObject>({ apiVersion, kind, metadata: { name, namespace } }: T): ObjectRef<T> {
  return { apiVersion, kind, name, namespace };
}

function refOf(object: KubernetesObject): KindRef & { namespace?: string | undefined } {
  return { apiVersion: object.apiVersion, kind: object.kind, namespace: object.metadata.namespace };
}

import type { Duplex } from 'node:stream';
import { POD } from '../../../src/deploy/kube/names.ts';
import { HttpError } from '../../../src/interfaces/errors.ts';
import type {
  KindRef,
  Kubernetes,
  KubernetesObject,
  ListOptions,
  ObjectRef,
  PatchType,
  WatchEvent,
} from '../../../src/interfaces/kubernetes.ts';
import { kindOf } from '../../../src/split/kinds/objects.ts';
import { knownKind } from './kinds.ts';
import { jsonPatch, mergePatch } from './patch.ts';
import { selection } from './selectors.ts';
import type { Change, Store } from './store.ts';

/** One request on its way to the API. */
export interface Call {
  verb: 'get' | 'list' | 'watch' | 'apply' | 'create' | 'update' | 'patch' | 'delete';
  kind: string;
  name: string;
  /** It changes something, unless it is refused. */
  writes: boolean;
  /** The client itself sends it again where its answer is lost. */
  repeatable: boolean;
}

/** How requests get to the API: when, and whether. */
export interface Line {
  through<T>(call: Call, act: () => T): Promise<T>;
  /** Calls back once, when nothing gets through any more. */
  onCut(ended: () => void): void;
}

/** The API of `store`, for one namespace, as one client sees it. */
export class MemoryKubernetes implements Kubernetes {
  readonly namespace: string;
  readonly #store: Store;
  readonly #line: Line;
  readonly #manager: string;

  constructor(store: Store, line: Line, { namespace, manager = 'client' }: { namespace: string; manager?: string }) {
    this.#store = store;
    this.#line = line;
    this.namespace = namespace;
    this.#manager = manager;
  }

  get<T extends KubernetesObject = KubernetesObject>(ref: ObjectRef<T>): Promise<T | undefined> {
    return this.#line.through(reading('get', ref, ref.name), () => this.#store.get(ref));
  }

  list<T extends KubernetesObject = KubernetesObject>(
    kind: KindRef<T>,
    options: ListOptions = {},
  ): Promise<{ items: T[]; resourceVersion: string }> {
    return this.#line.through(reading('list', kind), () => ({
      items: this.#store.list(kind, options),
      resourceVersion: this.#store.version,
    }));
  }

  async *watch<T extends KubernetesObject = KubernetesObject>(
    kind: KindRef<T>,
    options: ListOptions & { signal: AbortSignal },
  ): AsyncIterable<WatchEvent<T>> {
    const { signal } = options;
    const wanted = selection(options);
    const key = kindOf(kind);
    const queue: WatchEvent<T>[] = [];
    let wake: () => void = () => undefined;
    const take = (change: Change) => {
      if (kindOf(change.object) !== key) return;
      const event = seen(change, wanted);
      if (!event) return;
      queue.push(event as WatchEvent<T>);
      wake();
    };
    const aborted = () => wake();
    let stop: () => void = () => undefined;
    try {
      if (signal.aborted) return;
      await this.#line.through(reading('watch', kind), () => {
        for (const object of this.#store.list(kind, options)) queue.push({ type: 'ADDED', object });
        stop = this.#store.listen(take);
        this.#line.onCut(stop);
      });
      signal.addEventListener('abort', aborted, { once: true });
      while (!signal.aborted) {
        const event = queue.shift();
        if (event) yield event;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
            if (signal.aborted) resolve();
          });
      }
    } finally {
      stop();
      signal.removeEventListener('abort', aborted);
    }
  }

  apply<T extends KubernetesObject>(object: T, options: { fieldManager: string; force?: boolean; dryRun?: boolean }): Promise<T> {
    const { fieldManager, ...rest } = options;
    const call = writing('apply', object, object.metadata.name, object.metadata.resourceVersion === undefined);
    return this.#line.through({ ...call, writes: rest.dryRun !== true }, () =>
      this.#store.apply(object, { manager: fieldManager, ...rest }),
    );
  }

  create<T extends KubernetesObject>(object: T): Promise<T> {
    return this.#line.through(writing('create', object, object.metadata.name), () =>
      this.#store.create(object, { manager: this.#manager }),
    );
  }

  replace<T extends KubernetesObject>(object: T): Promise<T> {
    return this.#line.through(writing('update', object, object.metadata.name), () =>
      this.#store.update(object, { manager: this.#manager }),
    );
  }

  patch<T extends KubernetesObject = KubernetesObject>(
    ref: ObjectRef<T>,
    body: unknown,
    { type, subresource, fieldManager }: { type: PatchType; subresource?: string; fieldManager?: string },
  ): Promise<T> {
    return this.#line.through(writing('patch', ref, ref.name), () => {
      const live = this.#store.get(ref);
      if (!live) {
        const plural = knownKind(ref)?.plural ?? ref.kind;
        throw new HttpError(`${plural} "${ref.name}" not found`, { status: 404, code: 'NotFound' });
      }
      if (type === 'strategic') throw new Error('Nobody sends strategic patches here');
      const after = (type === 'json' ? jsonPatch(live, body as never) : mergePatch(live, body)) as T;
      if (subresource === 'status') {
        this.#store.setStatus(ref, after.status);
        return this.#store.get(ref) ?? after;
      }
      return this.#store.update(after, { manager: fieldManager ?? this.#manager });
    });
  }

  delete(ref: ObjectRef, options: { uid?: string | undefined; propagation?: 'Foreground' | 'Background' | 'Orphan' } = {}): Promise<void> {
    return this.#line.through(writing('delete', ref, ref.name, true), () => this.#store.delete(ref, options));
  }

  logs = async (): Promise<string> => '';

  /** What comes back only says which pod it leads to. */
  portForward(pod: { name: string }): Promise<Duplex> {
    return this.#line.through(reading('get', POD, pod.name), () => {
      const live = this.#store.get({ ...POD, name: pod.name });
      if (!live) throw new HttpError(`pods "${pod.name}" not found`, { status: 404, code: 'NotFound' });
      return { pod: live } as unknown as Duplex;
    });
  }

  denied = async (): Promise<[]> => [];
  serverVersion = async (): Promise<string> => 'v1.35.0';

  async resource(kind: KindRef): Promise<{ plural: string; namespaced: boolean; verbs: string[] } | undefined> {
    const known = knownKind(kind);
    return (
      known && {
        plural: known.plural,
        namespaced: known.namespaced,
        verbs: ['get', 'list', 'watch', 'create', 'patch', 'update', 'delete'],
      }
    );
  }
}

const reading = (verb: Call['verb'], { kind }: KindRef, name = ''): Call => ({ verb, kind, name, writes: false, repeatable: true });
const writing = (verb: Call['verb'], { kind }: KindRef, name: string, repeatable = false): Call => ({
  verb,
  kind,
  name,
  writes: true,
  repeatable,
});

/** Pure: a change as a watch with a selector sees it; undefined where it does not. */
function seen({ type, object, before }: Change, wanted: (object: KubernetesObject) => boolean): WatchEvent | undefined {
  const now = type !== 'DELETED' && wanted(object);
  const was = before !== undefined && wanted(before);
  if (now) return { type: was ? 'MODIFIED' : 'ADDED', object };
  return was ? { type: 'DELETED', object } : undefined;
}

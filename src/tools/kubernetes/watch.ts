import { setTimeout as delay } from 'node:timers/promises';
import { HttpError, ToolError } from '../../interfaces/errors.ts';
import type { KubernetesObject, WatchEvent } from '../../interfaces/kubernetes.ts';
import { parseJsonObject } from '../../interfaces/reading/json.ts';
import { messageOf } from '../../interfaces/values.ts';
import { isError } from '../network-errors.ts';
import { LineSplitter } from '../output.ts';
import { waitAfter } from '../retry.ts';

/** Bookmarks come about once a minute: a stream that is silent for longer is taken for dead. */
const SILENCE_MS = 90_000;
const SERVER_TIMEOUT_S = 300;
/** Whatever a server asks for: a follower must not miss much. */
const LONGEST_PAUSE_MS = 30_000;

export interface WatchSource<T extends KubernetesObject> {
  list(): Promise<{ items: T[]; resourceVersion: string }>;
  /** Opens the stream; its body yields JSON lines. */
  open(query: Record<string, string | number | boolean>, signal: AbortSignal): Promise<AsyncIterable<Buffer>>;
  /** Told of the first of the failures in a row that are ridden out. */
  onHiccup?(why: string): void;
}

interface RawEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: KubernetesObject & { code?: number; message?: string; reason?: string };
}

const keyOf = (object: KubernetesObject) => `${object.metadata.namespace ?? ''}/${object.metadata.name}`;

/** Lists and follows; see `Kubernetes.watch`. */
export async function* watch<T extends KubernetesObject>(source: WatchSource<T>, signal: AbortSignal): AsyncGenerator<WatchEvent<T>> {
  const known = new Map<string, T>();
  let version: string | undefined;
  let failures = 0;
  while (!signal.aborted) {
    try {
      if (version === undefined) {
        const list = await source.list();
        version = list.resourceVersion;
        for (const event of difference(known, list.items)) {
          yield event;
          if (signal.aborted) return;
        }
      }
      const opened = Date.now();
      for await (const event of stream(source, version, signal)) {
        failures = 0;
        if (event.type === 'ERROR') {
          if (event.object.code !== 410)
            throw new HttpError(event.object.message ?? 'watch failed', { status: event.object.code ?? 500, code: event.object.reason });
          version = undefined;
          break;
        }
        version = event.object.metadata.resourceVersion ?? version;
        if (event.type === 'BOOKMARK') continue;
        remember(known, event as WatchEvent<T>);
        yield event as WatchEvent<T>;
        if (signal.aborted) return;
      }
      // A server that ends its streams at once is not asked again at once.
      if (Date.now() - opened < 1000 && version !== undefined) await pause(undefined, ++failures, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof HttpError && error.status === 410) version = undefined;
      else if (isFinal(error)) throw error;
      else if (failures === 0) source.onHiccup?.(messageOf(error));
      await pause(error, ++failures, signal);
    }
  }
}

async function pause(after: unknown, failures: number, signal: AbortSignal): Promise<void> {
  await delay(Math.min(waitAfter(after, failures), LONGEST_PAUSE_MS), undefined, { signal }).catch(() => undefined);
}

/** What another attempt would not change. */
function isFinal(error: unknown): boolean {
  if (error instanceof HttpError) return error.status >= 400 && error.status < 500 && error.status !== 429;
  // undici's and Node's own errors, a signal's among them, have a code and are the network's; anything else is a bug of ours.
  return !(isError(error) && 'code' in error);
}

function remember<T extends KubernetesObject>(known: Map<string, T>, { type, object }: WatchEvent<T>): void {
  if (type === 'DELETED') known.delete(keyOf(object));
  else known.set(keyOf(object), object);
}

/** Changes between what was known and a new list, so that a follower misses nothing over a gap. */
function* difference<T extends KubernetesObject>(known: Map<string, T>, items: readonly T[]): Generator<WatchEvent<T>> {
  const present = new Map(items.map((item) => [keyOf(item), item]));
  for (const [key, object] of [...known]) {
    const now = present.get(key);
    if (now !== undefined && now.metadata.uid === object.metadata.uid) continue;
    known.delete(key);
    yield { type: 'DELETED', object };
  }
  for (const [key, object] of present) {
    const before = known.get(key);
    known.set(key, object);
    if (before === undefined) yield { type: 'ADDED', object };
    else if (before.metadata.resourceVersion !== object.metadata.resourceVersion) yield { type: 'MODIFIED', object };
  }
}

async function* stream<T extends KubernetesObject>(source: WatchSource<T>, version: string, signal: AbortSignal): AsyncGenerator<RawEvent> {
  const silence = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS);
  };
  alive();
  const either = AbortSignal.any([signal, silence.signal]);
  const events: RawEvent[] = [];
  const lines = new LineSplitter((line) => {
    if (line !== '') events.push(parseJsonObject<RawEvent>(line, (why) => new ToolError(`An event of a watch cannot be read: ${why}`)));
  }, Number.POSITIVE_INFINITY);
  try {
    const body = await source.open(
      { watch: true, allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: SERVER_TIMEOUT_S },
      either,
    );
    for await (const chunk of body) {
      alive();
      lines.push(chunk);
      yield* events.splice(0);
    }
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

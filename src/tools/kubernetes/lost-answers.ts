import { HttpError } from '../../interfaces/errors.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { isMap } from '../../interfaces/values.ts';
import { backoff, isPassing, pause } from '../retry.ts';

const ATTEMPTS = 4;

/** What a write was to do, for whoever looks afterwards whether it did. */
interface Write<T> {
  send(): Promise<T>;
  /** The object as it is now. */
  read(): Promise<T | undefined>;
  /** `done`: the write has arrived. `open`: it has not, and may be sent again. Else the answer that it would have got. */
  judge(live: T | undefined): 'done' | 'open' | HttpError;
}

/** Whether the server may have acted, though it did not say so. */
const isLost = (error: unknown): boolean => isPassing(error, 'safe') && !isPassing(error, 'unsent');

/**
 * Sends a write that must not be repeated blindly. Where its answer is lost, what is there now is read: it says whether the write arrived.
 * Errors: `HttpError` as without the loss.
 */
export async function certain<T>({ send, read, judge }: Write<T>): Promise<T> {
  let lost = false;
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      // Once an answer was lost, a refusal may be that of our own write's repetition.
      if (!isLost(error) && !(lost && error instanceof HttpError && error.status === 409)) throw error;
      lost = true;
      const live = await read();
      const verdict = judge(live);
      if (verdict === 'done') return live as T;
      if (verdict !== 'open') throw verdict;
      if (attempt >= ATTEMPTS) throw error;
      await pause(backoff(attempt));
    }
  }
}

const conflict = (code: 'Conflict' | 'AlreadyExists', object: KubernetesObject, what: string): HttpError =>
  new HttpError(`${object.kind} "${object.metadata.name}" ${what}`, { status: 409, code });

/** A new object: it is there with our content, or it is not. */
export const judgeCreate =
  (object: KubernetesObject) =>
  (live: KubernetesObject | undefined): 'done' | 'open' | HttpError => {
    if (live === undefined) return 'open';
    return holds(live, object) ? 'done' : conflict('AlreadyExists', object, 'already exists, made by somebody else');
  };

/** A write on the condition that nobody else wrote: the object is as it was, or has our content. */
export const judgeConditional =
  (object: KubernetesObject) =>
  (live: KubernetesObject | undefined): 'done' | 'open' | HttpError => {
    if (live === undefined || live.metadata.resourceVersion === object.metadata.resourceVersion) return 'open';
    return holds(live, object) ? 'done' : conflict('Conflict', object, 'was changed by somebody else meanwhile');
  };

/** What the API server sets, or says in another way. */
const NOT_COMPARED = new Set(['apiVersion', 'kind', 'metadata', 'status', 'stringData']);

/** Pure: whether a live object holds everything that was sent, and at least something was. */
function holds(live: KubernetesObject, sent: KubernetesObject): boolean {
  const { labels, annotations } = sent.metadata;
  const metadata = { labels, annotations };
  const content = Object.entries(sent).filter(([key]) => !NOT_COMPARED.has(key));
  const told = [...content.map(([, value]) => value), labels, annotations].some((value) => !isEmpty(value));
  return told && contains(live.metadata, metadata) && content.every(([key, value]) => contains(live[key], value));
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (typeof value === 'object' && Object.values(value).every(isEmpty));

function contains(live: unknown, sent: unknown): boolean {
  if (isEmpty(sent)) return true;
  if (Array.isArray(sent)) return Array.isArray(live) && live.length === sent.length && sent.every((one, at) => contains(live[at], one));
  if (isMap(sent)) return isMap(live) && Object.entries(sent).every(([key, value]) => contains(live[key], value));
  return live === sent;
}

/** Pure: whether a patch says the same when it is sent twice. */
export function isRepeatable(body: unknown): boolean {
  if (Array.isArray(body)) return body.every(({ op, path }) => ['add', 'replace'].includes(op) && !/\/(-|\d+|resourceVersion)$/.test(path));
  return isMap(body) && !(isMap(body.metadata) && body.metadata.resourceVersion !== undefined);
}

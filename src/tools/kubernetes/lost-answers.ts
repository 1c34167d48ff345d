import { HttpError } from '../../interfaces/errors.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { isMap } from '../../interfaces/values.ts';
import { isPassing, pause, waitAfter } from '../retry.ts';

const ATTEMPTS = 6;
/** No new attempt after this time. */
const BUDGET_MS = 30_000;

/** Pure: what the object as it is now says of a write: `done`, it has arrived; `open`, it has not; else the answer that it would have got. */
export type Judge = (live: KubernetesObject | undefined) => 'done' | 'open' | HttpError;

/** What a write was to do, for whoever looks afterwards whether it did. */
interface Write<T> {
  send(): Promise<T>;
  /** The object as it is now. */
  read(): Promise<KubernetesObject | undefined>;
  judge: Judge;
  /** The answer to a write that has arrived, by what is there. */
  answer(live: KubernetesObject | undefined): T;
  /** Before it is looked for the first time. */
  onLost?(error: HttpError): void;
}

/** Whether the server may have acted, though it did not say so. */
const isLost = (error: unknown): error is HttpError => isPassing(error, 'safe') && !isPassing(error, 'unsent');

/**
 * Sends a write that must not be repeated blindly. Where its answer is lost, what is there now is read: it says whether the write arrived.
 * Errors: `HttpError` as without the loss.
 */
export async function certain<T>({ send, read, judge, answer, onLost }: Write<T>): Promise<T> {
  const started = performance.now();
  let lost = false;
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      // Once an answer was lost, a refusal may be that of our own write's repetition.
      if (!isLost(error) && !(lost && error instanceof HttpError && error.status === 409)) throw error;
      if (!lost) onLost?.(error);
      lost = true;
      const live = await read();
      const verdict = judge(live);
      if (verdict === 'done') return answer(live);
      if (verdict !== 'open') throw verdict;
      if (attempt >= ATTEMPTS || performance.now() - started > BUDGET_MS) throw error;
      await pause(waitAfter(error, attempt));
    }
  }
}

const conflict = (code: 'Conflict' | 'AlreadyExists', kind: string, name: string, what: string): HttpError =>
  new HttpError(`${kind} "${name}" ${what}`, { status: 409, code });

/** A new object: it is there with our content, or it is not. */
export const judgeCreate =
  (object: KubernetesObject): Judge =>
  (live) => {
    if (live === undefined) return 'open';
    return holds(live, object)
      ? 'done'
      : conflict('AlreadyExists', object.kind, object.metadata.name, 'already exists, made by somebody else');
  };

/** A write on the condition that nobody else wrote: the object is as it was, or has our content. */
export const judgeConditional =
  (object: KubernetesObject): Judge =>
  (live) => {
    if (live === undefined || live.metadata.resourceVersion === object.metadata.resourceVersion) return 'open';
    return holds(live, object) ? 'done' : conflict('Conflict', object.kind, object.metadata.name, 'was changed by somebody else meanwhile');
  };

/** A patch that is not the same when it is sent twice: where it may have arrived, whoever sent it has to look again. */
export const judgePatch =
  ({ kind, name }: { kind: string; name: string }, body: unknown): Judge =>
  (live) =>
    live === undefined || live.metadata.resourceVersion === conditionOf(body)
      ? 'open'
      : conflict('Conflict', kind, name, 'was changed meanwhile, maybe by this very patch, whose answer was lost');

/** The resourceVersion that a patch is conditional on. */
function conditionOf(body: unknown): unknown {
  if (Array.isArray(body)) return body.find(({ path }) => path === '/metadata/resourceVersion')?.value;
  return isMap(body) && isMap(body.metadata) ? body.metadata.resourceVersion : undefined;
}

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

import { HttpError } from '../../interfaces/errors.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { tryJson } from '../../interfaces/reading/json.ts';
import { fieldAt, isMap } from '../../interfaces/values.ts';
import { type Answer, failureStatus } from './answers.ts';
import { certain, isRepeatable, type Judge, judgeConditional, judgeCreate, judgePatch } from './lost-answers.ts';
import { isProtobuf, secretIn } from './protobuf.ts';
import type { ApiRequest, Transport } from './transport.ts';

/** Asks, and changes nothing. */
const REVIEWS = /^\/apis\/(authorization|authentication)\.k8s\.io\//;

type Sent = ApiRequest & { body?: Buffer | undefined };

/**
 * Another program's request, repeated as far as it is safe; a write whose answer is lost is looked for. Errors: those of `Transport.exchange`,
 * `HttpError` with the conflict that a lost write met.
 */
export async function forward(request: Sent, transport: Transport): Promise<Answer> {
  const [path = '', query = ''] = request.path.split('?');
  const body = contentOf(request);
  if (changesNothing(request.method, path, query)) return await transport.exchange(request, 'safe');
  if (request.method === 'DELETE') return await remove(request, path, body, transport);
  if (request.method !== 'POST' && isRepeatable(body)) return await transport.exchange(request, 'safe');
  const judge = judgeOf(request.method, path, body);
  if (!judge) return await transport.exchange(request, 'unsent');
  return await sure(request, request.method === 'POST' ? `${path}/${nameIn(body)}` : path, judge, transport);
}

const contentOf = ({ body, contentType }: Sent): unknown =>
  isProtobuf(contentType) ? body && secretIn(body) : tryJson(body?.toString('utf8') ?? '');

const changesNothing = (method: string, path: string, query: string): boolean =>
  method === 'GET' || new URLSearchParams(query).has('dryRun') || REVIEWS.test(path);

/** How to see whether a write has arrived; undefined where nothing tells. */
function judgeOf(method: string, path: string, body: unknown): Judge | undefined {
  if (method === 'PATCH') return judgePatch({ kind: 'The object', name: path.split('/').at(-1) ?? '' }, body);
  if (!isObject(body)) return undefined;
  return method === 'POST' ? judgeCreate(body) : judgeConditional(body);
}

const nameIn = (body: unknown): unknown => fieldAt(body, 'metadata', 'name');
const isObject = (body: unknown): body is KubernetesObject => typeof nameIn(body) === 'string';

/** Without the condition of a uid a repetition might take what somebody else has made anew. */
async function remove(request: Sent, path: string, options: unknown, transport: Transport): Promise<Answer> {
  const live = await read(path, transport);
  if (live === undefined) return await removeNothing(request, path, transport);
  // A collection: whatever that is answered.
  const uid = live.metadata?.uid;
  if (uid === undefined) return await transport.exchange(request, 'unsent');
  const body = { kind: 'DeleteOptions', apiVersion: 'v1', ...(isMap(options) ? options : {}), preconditions: { uid } };
  const goes: Judge = (now) => (now?.metadata.uid !== uid || now.metadata.deletionTimestamp !== undefined ? 'done' : 'open');
  const conditional = { ...request, contentType: 'application/json', body: Buffer.from(JSON.stringify(body)) };
  return await sure(conditional, path, goes, transport);
}

/** There was nothing to remove: where the server's saying so is lost, and there still is nothing, we say it. */
const removeNothing = (request: Sent, path: string, transport: Transport): Promise<Answer> =>
  certain<Answer>({
    send: () => transport.exchange(request, 'unsent'),
    read: () => read(path, transport),
    judge: (now) =>
      now === undefined ? 'done' : new HttpError(`${path} was made while it was to be removed`, { status: 409, code: 'Conflict' }),
    answer: () => ({ status: 404, headers: JSON_TYPE, body: Buffer.from(JSON.stringify(failureStatus(404, 'not found', 'NotFound'))) }),
    onLost: (error) => transport.hiccup(error),
  });

const JSON_TYPE = { 'content-type': 'application/json' };

/** A write that is looked for at `path` where its answer is lost; then what is there is the answer. */
async function sure(request: Sent, path: string, judge: Judge, transport: Transport): Promise<Answer> {
  return await certain<Answer>({
    send: () => transport.exchange(request, 'unsent'),
    read: () => read(path, transport),
    judge,
    answer: (live) => answerOf(request, live),
    onLost: (error) => transport.hiccup(error),
  });
}

async function read(path: string, transport: Transport): Promise<KubernetesObject | undefined> {
  try {
    return await transport.json<KubernetesObject>({ method: 'GET', path }, 'safe');
  } catch (error) {
    if (error instanceof HttpError && error.status === 404) return undefined;
    throw error;
  }
}

function answerOf({ method }: ApiRequest, live: KubernetesObject | undefined): Answer {
  const body = live ?? { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };
  const status = method === 'POST' ? 201 : 200;
  return { status, headers: JSON_TYPE, body: Buffer.from(JSON.stringify(body)) };
}

import { randomBytes } from 'node:crypto';
import type { Clock } from '../../interfaces/clock.ts';
import { HttpError } from '../../interfaces/errors.ts';
import type { Http, HttpResponse } from '../../interfaces/http.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import { messageOf } from '../../interfaces/values.ts';
import { wayTo } from './way.ts';

export interface Question {
  url: string;
  /** Response header that carries the version; undefined: answers do not say which version they are of. */
  versionHeader: string | undefined;
  version: string;
  limitMs: number;
}

/**
 * `version`: the header says so. `app`: it is not the answer that a host gets which nobody has. Else why it does not answer. `noindex`: whether
 * the answer says that nobody is to index it.
 */
export type Answered = { by: 'version' | 'app'; noindex: boolean } | { by: 'nobody'; why: string };

interface Tools {
  kubernetes: Kubernetes;
  http: Http;
  clock: Clock;
  signal: AbortSignal;
}

/** An Ingress or a Gateway that is new has its address within seconds; a DNS record that is missing does not come by itself. */
const NO_WAY_MS = 10_000;
const NO_WAY = 'NoWay';
const INTERVAL_MS = 500;
const REQUEST_MS = 5_000;

/**
 * Asks for the preview by its public name until it answers. What a proxy says of a host that it does not know is no answer. A name that does
 * not resolve yet is asked for at the address of its Ingress or Gateway; where none is known either, nobody waits for long.
 */
export async function awaitAnswer(question: Question, tools: Tools): Promise<Answered> {
  const { clock, signal } = tools;
  const until = clock.elapsed() + question.limitMs;
  let lostSince: number | undefined;
  for (;;) {
    let isLost = false;
    const answered = await ask(question, tools).catch((error: unknown): Answered => {
      if (!(error instanceof HttpError)) throw error;
      isLost = error.code === NO_WAY;
      return { by: 'nobody', why: messageOf(error) };
    });
    const now = clock.elapsed();
    lostSince = isLost ? (lostSince ?? now) : undefined;
    if (answered.by !== 'nobody' || now >= until || now - (lostSince ?? now) >= NO_WAY_MS) return answered;
    await clock.sleep(INTERVAL_MS, signal);
  }
}

async function ask(question: Question, tools: Tools): Promise<Answered> {
  const url = new URL(question.url);
  const reply = await request(tools, url);
  const said = judge(reply, question);
  if (said !== 'not-found') return said;
  const stranger = new URL(url);
  stranger.hostname = `no-${randomBytes(6).toString('hex')}.${url.hostname.split('.').slice(1).join('.')}`;
  const other = await request(tools, stranger, url).catch(() => undefined);
  return isSame(reply, other)
    ? { by: 'nobody', why: 'the proxy answers 404, as for any host that it does not know' }
    : { by: 'app', noindex: saysNoIndex(reply) };
}

/** Pure: what an answer proves. */
export function judge(response: HttpResponse, { versionHeader, version }: Question): Answered | 'not-found' {
  const { status, headers } = response;
  const noindex = saysNoIndex(response);
  const named = versionHeader === undefined ? undefined : headers[versionHeader.toLowerCase()];
  if (versionHeader !== undefined && named !== undefined && named !== version) {
    return { by: 'nobody', why: `version ${named.slice(0, 60)} answers` };
  }
  if (status >= 500) return { by: 'nobody', why: `the answer is ${status}` };
  if (versionHeader !== undefined) {
    return named === version ? { by: 'version', noindex } : { by: 'nobody', why: `the answer has no header ${versionHeader}` };
  }
  return status === 404 ? 'not-found' : { by: 'app', noindex };
}

const saysNoIndex = ({ headers }: HttpResponse): boolean => /\b(noindex|none)\b/i.test(headers['x-robots-tag'] ?? '');

const isSame = (one: HttpResponse, other: HttpResponse | undefined): boolean =>
  other !== undefined && one.status === other.status && one.body === other.body;

/** `like`: where that name leads. */
async function request(tools: Tools, url: URL, like = url): Promise<HttpResponse> {
  const wanted = { method: 'GET', url: url.href, timeoutMs: REQUEST_MS, signal: tools.signal };
  try {
    return await tools.http.request(wanted);
  } catch (error) {
    if (!(error instanceof HttpError && error.code === 'Dns')) throw error;
    const way = await wayTo(tools.kubernetes, like.hostname);
    if ('why' in way) throw new HttpError(`${like.hostname} does not resolve, and ${way.why}`, { status: 0, code: NO_WAY, cause: error });
    return await tools.http.request({ ...wanted, address: way.address });
  }
}

import { randomBytes } from 'node:crypto';
import type { Clock } from '../../interfaces/clock.ts';
import { HttpError } from '../../interfaces/errors.ts';
import type { Http, HttpResponse } from '../../interfaces/http.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Ingress } from '../../interfaces/objects.ts';
import { messageOf } from '../../interfaces/values.ts';

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

const INGRESS = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' } as const;
const INTERVAL_MS = 500;
const REQUEST_MS = 5_000;

/**
 * Asks for the preview by its public name until it answers. What a proxy says of a host that it does not know is no answer. A name that does
 * not resolve yet is asked for at the Ingress's own address.
 */
export async function awaitAnswer(question: Question, tools: Tools): Promise<Answered> {
  const { clock, signal } = tools;
  const until = clock.elapsed() + question.limitMs;
  for (;;) {
    const answered = await ask(question, tools).catch((error: unknown): Answered => {
      if (!(error instanceof HttpError)) throw error;
      return { by: 'nobody', why: messageOf(error) };
    });
    if (answered.by !== 'nobody' || clock.elapsed() >= until) return answered;
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
    const address = error instanceof HttpError && error.code === 'Dns' ? await addressOf(tools.kubernetes, like.hostname) : undefined;
    if (address === undefined) throw error;
    return await tools.http.request({ ...wanted, address });
  }
}

async function addressOf(kubernetes: Kubernetes, host: string): Promise<string | undefined> {
  const { items } = await kubernetes.list<Ingress>(INGRESS);
  const led = items.find(({ spec }) => spec?.rules?.some((rule) => rule.host === host));
  return led?.status?.loadBalancer?.ingress?.[0]?.ip;
}

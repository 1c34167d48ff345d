import { HttpError } from '../../interfaces/errors.ts';
import { tryJsonObject } from '../../interfaces/reading/json.ts';
import { isMap } from '../../interfaces/values.ts';
import { RetryAfterError } from '../retry.ts';

/** nginx takes 1 MiB where nobody has said otherwise. */
export const SIZE_HINT =
  'a proxy before the registry limits the size of a request: raise it (nginx: client_max_body_size 0; its Ingress: the annotation proxy-body-size)';

const HINTS: Readonly<Record<string, string>> = {
  UNAUTHORIZED: 'set the inputs "username" and "password", or log in before (docker/login-action); is the token still valid?',
  DENIED: 'this login may not do that in this repository: it needs permission to push',
  NAME_UNKNOWN: 'some registries want a repository to be created first',
  SIZE_INVALID: SIZE_HINT,
  TOOMANYREQUESTS: 'the registry limits requests: try again later, or log in',
};

const BROKEN = 'the registry, or a proxy before it, is out of order: see its status page, and run the job again';

const BY_STATUS: Readonly<Record<number, string>> = { 401: 'UNAUTHORIZED', 403: 'DENIED', 413: 'SIZE_INVALID', 429: 'TOOMANYREQUESTS' };

/** The first of `{"errors":[{"code","message"}]}`; undefined for something else, such as a proxy's page. */
export function wordsOf(body: string): { code?: string | undefined; message?: string | undefined } | undefined {
  const errors = tryJsonObject<{ errors: unknown }>(body)?.errors;
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  if (!isMap(first)) return undefined;
  const { code, message } = first;
  return { code: typeof code === 'string' ? code : undefined, message: typeof message === 'string' ? message.slice(0, 300) : undefined };
}

/** The registry's own words. */
export function registryError(what: string, status: number, body: string, retryAfter?: string): HttpError {
  const reported = wordsOf(body);
  const code = reported?.code ?? BY_STATUS[status];
  const retryAfterMs = retryAfter === undefined ? undefined : waitOf(retryAfter, Date.now());
  const said = `${code === undefined ? '' : ` ${code}`}${reported?.message ? ` (${reported.message})` : ''}`;
  const wait = retryAfterMs === undefined || retryAfterMs < 60_000 ? '' : `, and asks to wait ${Math.ceil(retryAfterMs / 60_000)} min`;
  const message = `${what}: the registry answered ${status}${said}${wait}`;
  const details = { status, code, hint: HINTS[code ?? ''] ?? (status >= 500 ? BROKEN : undefined) };
  return retryAfterMs === undefined ? new HttpError(message, details) : new RetryAfterError(message, { ...details, retryAfterMs });
}

/** Pure: Retry-After is seconds or a date. Returns ms; undefined for neither. */
export function waitOf(retryAfter: string, now: number): number | undefined {
  if (/^\s*\d+\s*$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** The same error with the registry's own hint, where it has one. What is waited for and repeated stays as it is. */
export function inWordsOf(error: unknown, hintFor: (error: HttpError) => string | undefined): unknown {
  if (!(error instanceof HttpError) || error instanceof RetryAfterError || error.status === 0) return error;
  const hint = hintFor(error);
  if (hint === undefined) return error;
  return new HttpError(error.message, { status: error.status, code: error.code, hint, cause: error.cause });
}

import { HttpError } from '../../interfaces/errors.ts';
import { RetryAfterError } from '../retry.ts';

const HINTS: Readonly<Record<string, string>> = {
  UNAUTHORIZED: 'set the inputs "username" and "password", or log in before (docker/login-action); is the token still valid?',
  DENIED: 'this login may not do that in this repository: it needs permission to push',
  NAME_UNKNOWN: 'some registries want a repository to be created first',
  TOOMANYREQUESTS: 'the registry limits requests: try again later, or log in',
};

const BY_STATUS: Readonly<Record<number, string>> = { 401: 'UNAUTHORIZED', 403: 'DENIED', 413: 'SIZE_INVALID', 429: 'TOOMANYREQUESTS' };

/** The first of `{"errors":[{"code","message"}]}`; undefined for something else, such as a proxy's page. */
export function wordsOf(body: string): { code?: string | undefined; message?: string | undefined } | undefined {
  try {
    const response: { errors?: { code?: string; message?: string }[] } = JSON.parse(body);
    const first = response.errors?.[0];
    return first && { code: first.code, message: first.message?.slice(0, 300) };
  } catch {
    return undefined;
  }
}

/** The registry's own words. */
export function registryError(what: string, status: number, body: string, retryAfter?: string): HttpError {
  const reported = wordsOf(body);
  const code = reported?.code ?? BY_STATUS[status];
  const message = `${what}: the registry answered ${status}${code === undefined ? '' : ` ${code}`}${reported?.message ? ` (${reported.message})` : ''}`;
  const details = { status, code, hint: HINTS[code ?? ''] };
  const seconds = Number(retryAfter);
  return retryAfter !== undefined && Number.isFinite(seconds)
    ? new RetryAfterError(message, { ...details, retryAfterMs: seconds * 1000 })
    : new HttpError(message, details);
}

/** The same error with the registry's own hint, where it has one. What is waited for and repeated stays as it is. */
export function inWordsOf(error: unknown, hintFor: (error: HttpError) => string | undefined): unknown {
  if (!(error instanceof HttpError) || error instanceof RetryAfterError || error.status === 0) return error;
  const hint = hintFor(error);
  if (hint === undefined) return error;
  return new HttpError(error.message, { status: error.status, code: error.code, hint, cause: error.cause });
}

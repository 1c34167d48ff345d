import { HttpError } from '../../interfaces/errors.ts';
import { RetryAfterError } from '../retry.ts';

const HINTS: Readonly<Record<string, string>> = {
  UNAUTHORIZED: 'set the inputs "username" and "password", or log in before (docker/login-action); is the token still valid?',
  DENIED: 'this login may not do that in this repository: it needs permission to push',
  NAME_UNKNOWN: 'some registries want a repository to be created first',
  TOOMANYREQUESTS: 'the registry limits requests: try again later, or log in',
};

const BY_STATUS: Readonly<Record<number, string>> = { 401: 'UNAUTHORIZED', 403: 'DENIED', 413: 'SIZE_INVALID', 429: 'TOOMANYREQUESTS' };

/** The registry's own words: `{"errors":[{"code","message"}]}`. */
export function registryError(what: string, status: number, body: string, retryAfter?: string): HttpError {
  let first: { code?: string; message?: string } | undefined;
  try {
    first = (JSON.parse(body) as { errors?: { code?: string; message?: string }[] }).errors?.[0];
  } catch {
    // A proxy's page: the status says enough.
  }
  const code = first?.code ?? BY_STATUS[status];
  const message = `${what}: the registry answered ${status}${code === undefined ? '' : ` ${code}`}${first?.message ? ` (${first.message.slice(0, 300)})` : ''}`;
  const details = { status, code, hint: HINTS[code ?? ''] };
  const seconds = Number(retryAfter);
  return retryAfter !== undefined && Number.isFinite(seconds)
    ? new RetryAfterError(message, { ...details, retryAfterMs: seconds * 1000 })
    : new HttpError(message, details);
}

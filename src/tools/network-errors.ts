import { HttpError } from '../interfaces/errors.ts';
import { codeOf } from '../interfaces/values.ts';

export type NetworkReason = 'Dns' | 'Refused' | 'Unreachable' | 'Reset' | 'Tls' | 'Timeout' | 'Proxy' | 'Aborted' | 'Network';

const CODES: Readonly<Record<string, NetworkReason>> = {
  ENOTFOUND: 'Dns',
  EAI_AGAIN: 'Dns',
  ECONNREFUSED: 'Refused',
  EHOSTUNREACH: 'Unreachable',
  ENETUNREACH: 'Unreachable',
  ECONNRESET: 'Reset',
  EPIPE: 'Reset',
  UND_ERR_SOCKET: 'Reset',
  UND_ERR_CLOSED: 'Reset',
  ETIMEDOUT: 'Timeout',
  UND_ERR_CONNECT_TIMEOUT: 'Timeout',
  UND_ERR_HEADERS_TIMEOUT: 'Timeout',
  UND_ERR_BODY_TIMEOUT: 'Timeout',
  UND_ERR_ABORTED: 'Aborted',
  // By us: what is still under way when a run ends.
  UND_ERR_DESTROYED: 'Aborted',
};

/** Errors of Node's own may come from another realm than ours, where `instanceof` says no. */
export function isError(value: unknown): value is Error {
  return typeof value === 'object' && value !== null && 'message' in value && 'name' in value;
}

/** The first cause that says what went wrong on the way: undici and Node wrap it in different ways. */
export function networkReason(error: unknown): NetworkReason {
  for (let cause = error; isError(cause); cause = cause.cause) {
    if (cause instanceof HttpError) {
      if (isReason(cause.code)) return cause.code;
      continue;
    }
    if (cause.name === 'TimeoutError') return 'Timeout';
    if (cause.name === 'AbortError') return 'Aborted';
    const code = codeOf(cause);
    const known = CODES[code];
    if (known !== undefined) return known;
    if (/CERT|SELF_SIGNED|TLS|SSL|UNABLE_TO/.test(code)) return 'Tls';
    if (cause.name === 'AggregateError' && 'errors' in cause && Array.isArray(cause.errors)) return networkReason(cause.errors[0]);
  }
  return 'Network';
}

const WORDS: Readonly<Record<NetworkReason, string>> = {
  Dns: 'the name does not resolve',
  Refused: 'connection refused',
  Unreachable: 'no route to the address',
  Reset: 'the connection was closed before an answer came',
  Tls: 'TLS failed',
  Timeout: 'no answer in time',
  Proxy: 'the proxy did not lead there',
  Aborted: 'aborted',
  Network: 'the connection failed',
};

/** What a user of an action can do: a step's or a job's `env:` reaches this program and all that it starts. */
const HINTS: Partial<Record<NetworkReason, string>> = {
  Tls: 'where a company has its own certificate authority, put its file on the runner and name it at the step or the job: env: {NODE_EXTRA_CA_CERTS: /path/to/ca.pem, SSL_CERT_FILE: /path/to/ca.pem}',
  Proxy:
    'proxies are named at the job: env: {HTTPS_PROXY: "http://proxy.example.com:3128", NO_PROXY: "10.0.0.0/8,.internal"}; with a password: http://user:password@…, from a secret',
};

const isReason = (reason: string | undefined): reason is NetworkReason => reason !== undefined && reason in WORDS;

/** An `HttpError` with status 0 whose message says which part of the way failed. */
export function networkError(what: string, error: unknown, limitMs?: number): HttpError {
  const reason = networkReason(error);
  const detail = reason === 'Tls' || reason === 'Network' || reason === 'Dns' || reason === 'Proxy' ? ` (${deepest(error)})` : '';
  const words = reason === 'Timeout' && limitMs !== undefined ? `no answer within ${limitMs / 1000} s` : WORDS[reason];
  return new HttpError(`${what}: ${words}${detail}`, { status: 0, code: reason, cause: error, hint: HINTS[reason] });
}

function deepest(error: unknown): string {
  let last = error;
  for (let cause = error; isError(cause); cause = cause.cause)
    if (cause instanceof HttpError && cause.code === 'Proxy') return cause.message;
  while (isError(last) && isError(last.cause)) last = last.cause;
  return isError(last) ? last.message : String(last);
}

import { HttpError } from '../interfaces/errors.ts';

export type NetworkReason = 'Dns' | 'Refused' | 'Unreachable' | 'Reset' | 'Tls' | 'Timeout' | 'Aborted' | 'Network';

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
};

/** The first cause that says what went wrong on the way: undici and Node wrap it in different ways. */
export function networkReason(error: unknown): NetworkReason {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof HttpError && cause.reason !== undefined && cause.reason in WORDS) return cause.reason as NetworkReason;
    if (cause.name === 'TimeoutError') return 'Timeout';
    if (cause.name === 'AbortError') return 'Aborted';
    const code = String((cause as NodeJS.ErrnoException).code ?? '');
    const known = CODES[code];
    if (known !== undefined) return known;
    if (/CERT|SELF_SIGNED|TLS|SSL|UNABLE_TO/.test(code)) return 'Tls';
    if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return networkReason(cause.errors[0]);
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
  Aborted: 'aborted',
  Network: 'the connection failed',
};

/** An `HttpError` with status 0 whose message says which part of the way failed. */
export function networkError(what: string, error: unknown, limitMs?: number): HttpError {
  const reason = networkReason(error);
  const detail = reason === 'Tls' || reason === 'Network' || reason === 'Dns' ? ` (${deepest(error)})` : '';
  const words = reason === 'Timeout' && limitMs !== undefined ? `no answer within ${limitMs / 1000} s` : WORDS[reason];
  return new HttpError(`${what}: ${words}${detail}`, { status: 0, reason, cause: error });
}

function deepest(error: unknown): string {
  let last = error;
  while (last instanceof Error && last.cause instanceof Error) last = last.cause;
  return last instanceof Error ? last.message : String(last);
}

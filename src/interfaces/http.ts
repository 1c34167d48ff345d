import type { Duplex } from 'node:stream';

export interface HttpRequest {
  method: string;
  url: string;
  headers?: Record<string, string> | undefined;
  body?: string | undefined;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Opens the connection instead of the network, e.g. through a port-forward. */
  connect?: (() => Promise<Duplex>) | undefined;
  /** Connect to this address instead of resolving the URL's host. */
  address?: string | undefined;
  /** Whether it goes through the proxy that the environment names; left out: as the client does. Never with `connect` or `address`. */
  proxy?: boolean | undefined;
  /** At most this many bytes of the body are read (default 1 MiB). */
  maxBytes?: number | undefined;
}

export interface HttpResponse {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: string;
  durationMs: number;
}

/** A plain HTTP client: no redirects followed, no retries; a connection failure is an `HttpError` with status 0 that says which (DNS, refused, TLS, reset, time). */
export interface Http {
  request(request: HttpRequest): Promise<HttpResponse>;
}

import { ConfigurationError, HttpError } from '../../interfaces/errors.ts';
import type { Http, HttpResponse } from '../../interfaces/http.ts';
import { parseJsonObject } from '../../interfaces/reading/json.ts';
import { pause, withRetries } from '../retry.ts';
import { CALLS, type Call } from './calls.ts';
import { digitalOceanError, resetMs } from './errors.ts';

const DEFAULT_API = 'https://api.digitalocean.com';
const LIMIT_MS = 30_000;
const MAX_BYTES = 32 * 1024 * 1024;
const PAGE = 200;
/** A pagination that leads nowhere is given up. */
const MAX_PAGES = 500;
/** The longest wait for a rate limit before a request is sent at all. */
const LONGEST_PAUSE_MS = 30_000;

export interface DigitalOceanOptions {
  http: Http;
  token: string;
  /** Default https://api.digitalocean.com. */
  apiUrl?: string | undefined;
  signal?: AbortSignal | undefined;
  now?: () => number;
}

export interface Request {
  /** Values of the path's parameters, in order. */
  path?: readonly string[];
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** What this is about, for errors: `the clusters`. */
  what: string;
}

/** An API address: https, or anything on this machine. Throws ConfigurationError. */
export function checkApiUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || url.username || url.password || url.search || url.hash) {
    throw new ConfigurationError('DIGITALOCEAN_API_URL is not an address', { hint: `leave it out for ${DEFAULT_API}` });
  }
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && loopback)) return url;
  throw new ConfigurationError(`DIGITALOCEAN_API_URL is ${url.origin}: the token is sent by https only`, {
    hint: `leave it out for ${DEFAULT_API}`,
  });
}

/**
 * DigitalOcean's API over plain HTTP: bearer token, retries of what is safe to repeat, rate limit, pagination, errors as `HttpError` with the
 * API's `id` as `code`.
 */
export class DigitalOceanApi {
  readonly #options: DigitalOceanOptions;
  readonly #base: URL;
  readonly #now: () => number;
  /** No request before this time: the last answer said that the limit is used up. */
  #pauseUntil = 0;

  constructor(options: DigitalOceanOptions) {
    this.#options = options;
    this.#base = checkApiUrl(options.apiUrl || DEFAULT_API);
    this.#now = options.now ?? Date.now;
  }

  /** The answer as JSON. */
  async json<T>(call: Call, request: Request): Promise<T> {
    return parse<T>(await this.text(call, request), request.what);
  }

  /** Repeated after passing failures: none of the calls changes more the second time. */
  async text(call: Call, request: Request): Promise<string> {
    return await this.#get(call, this.#url(call, request), request.what);
  }

  /** All pages of a list; `field` holds the items. */
  async pages<T>(call: Call, field: string, request: Request): Promise<T[]> {
    const items: T[] = [];
    let url: URL | undefined = this.#url(call, { ...request, query: { per_page: PAGE, ...request.query } });
    for (let count = 0; url !== undefined; count += 1) {
      if (count >= MAX_PAGES) throw new HttpError(`DigitalOcean’s list of ${request.what} does not end`, { status: 200 });
      const page: Page = parse(await this.#get(call, url, request.what), request.what);
      const found = page[field];
      if (found !== undefined && found !== null && !Array.isArray(found)) throw unexpected(request.what);
      items.push(...((found ?? []) as T[]));
      url = this.#next(page.links?.pages?.next, url);
    }
    return items;
  }

  /** Only the query of the link is taken: the token goes nowhere but to the API's own address and the same path. */
  #next(link: string | undefined, current: URL): URL | undefined {
    if (!link) return undefined;
    const next = new URL(current);
    next.search = URL.parse(link, this.#base.href)?.search ?? '';
    return next.search === current.search ? undefined : next;
  }

  #url(call: Call, { path = [], query = {} }: Request): URL {
    const values = [...path];
    const filled = CALLS[call].path.replace(/\{\w+\}/g, () => encodeURIComponent(values.shift() ?? ''));
    const url = new URL(this.#base);
    url.pathname = `${this.#base.pathname.replace(/\/$/, '')}${filled}`;
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
    return url;
  }

  async #get(call: Call, url: URL, what: string): Promise<string> {
    const { signal } = this.#options;
    return await withRetries('safe', async () => (await this.#once(call, url, what)).body, { signal });
  }

  async #once(call: Call, url: URL, what: string): Promise<HttpResponse> {
    const { http, token, signal } = this.#options;
    await this.#pause(signal);
    const response = await http
      .request({
        method: CALLS[call].method,
        url: url.href,
        headers: { authorization: `Bearer ${token}`, accept: call === 'kubeconfig' ? 'application/yaml' : 'application/json' },
        timeoutMs: LIMIT_MS,
        maxBytes: MAX_BYTES,
        signal,
      })
      .catch((error: unknown) => {
        if (!(error instanceof HttpError)) throw error;
        // The client's own words name method and address: ours say what was asked for.
        const way = error.message.slice(error.message.indexOf(': ') + 2);
        throw new HttpError(`DigitalOcean’s API (${url.host}) was asked for ${what}: ${way}`, {
          status: error.status,
          code: error.code,
          cause: error,
          hint: 'is the network of this runner open to it? See https://status.digitalocean.com',
        });
      });
    if (response.headers['ratelimit-remaining'] === '0') this.#pauseUntil = this.#now() + (resetMs(response.headers, this.#now()) ?? 0);
    if (response.status >= 200 && response.status < 300) return response;
    throw digitalOceanError(what, call, response, this.#now());
  }

  async #pause(signal: AbortSignal | undefined): Promise<void> {
    const wait = this.#pauseUntil - this.#now();
    this.#pauseUntil = 0;
    if (wait > 0 && wait <= LONGEST_PAUSE_MS) await pause(wait, signal);
  }
}

interface Page {
  links?: { pages?: { next?: string } };
  [field: string]: unknown;
}

function parse<T>(text: string, what: string): T {
  return parseJsonObject<T & object>(text, () => unexpected(what));
}

const unexpected = (what: string): HttpError =>
  new HttpError(`DigitalOcean answered something else than JSON when asked for ${what}`, {
    status: 200,
    code: 'NotJson',
    hint: 'is there a proxy between this runner and the API? See https://status.digitalocean.com',
  });

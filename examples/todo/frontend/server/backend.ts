import { persistently } from './retry.ts';
import { VERSION_HEADER } from './version.ts';

export interface Todo {
  id: number;
  title: string;
  done: boolean;
  created_at: string;
}

/** One page of todos, as the backend returns it. */
export interface TodoPage {
  items: Todo[];
  total: number;
  page: number;
  size: number;
}

/** The backend refused, or could not be reached (then `status` is 502). */
export class BackendError extends Error {
  readonly status: number;

  constructor(status: number, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'BackendError';
    this.status = status;
  }
}

export interface Answer<T> {
  data: T;
  /** The version that the backend names in its response; null if it names none. */
  version: string | null;
}

export type Fetch = typeof fetch;

/** The todo backend over HTTP. Every call has a limit of `timeoutMs`. */
export class Backend {
  readonly #base: string;
  readonly #fetch: Fetch;
  readonly #timeoutMs: number;

  constructor(base: string, fetchFunction: Fetch = fetch, timeoutMs = 5000) {
    this.#base = base.replace(/\/+$/, '');
    this.#fetch = fetchFunction;
    this.#timeoutMs = timeoutMs;
  }

  health(): Promise<Answer<{ status: string }>> {
    return this.#call('GET', '/health');
  }

  list(page = 1, size = 20): Promise<Answer<TodoPage>> {
    return this.#call('GET', `/api/todos?page=${page}&size=${size}`);
  }

  add(title: string): Promise<Answer<Todo>> {
    return this.#call('POST', '/api/todos', { title });
  }

  setDone(id: number, done: boolean): Promise<Answer<Todo>> {
    return this.#call('PATCH', `/api/todos/${id}`, { done });
  }

  remove(id: number): Promise<Answer<null>> {
    return this.#call('DELETE', `/api/todos/${id}`);
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const send = () =>
      this.#fetch(this.#base + path, {
        method,
        cache: 'no-store',
        signal: AbortSignal.timeout(this.#timeoutMs),
        ...(body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
      });
    let response: Response;
    try {
      response = await persistently(send, method !== 'POST');
    } catch (error) {
      throw new BackendError(502, `The backend at ${this.#base} did not answer ${method} ${path}: ${causeOf(error)}`, error);
    }
    const text = await response.text();
    if (!response.ok)
      throw new BackendError(response.status, detailOf(text) ?? `The backend answered ${method} ${path} with ${response.status}`);
    return { data: (text ? JSON.parse(text) : null) as T, version: response.headers.get(VERSION_HEADER) };
  }
}

/** The backend that BACKEND_URL names. */
export function backend(): Backend {
  return new Backend(process.env.BACKEND_URL || 'http://todo-backend:8000');
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message;
}

/** FastAPI's `detail`: a text, or a list of validation errors. */
function detailOf(text: string): string | undefined {
  try {
    const { detail } = JSON.parse(text) as { detail?: unknown };
    if (typeof detail === 'string') return detail;
    if (Array.isArray(detail)) return detail.map((each: { msg?: string }) => each.msg).join('; ');
  } catch {
    // not JSON: the caller's own words will do
  }
  return undefined;
}

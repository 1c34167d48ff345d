import type { Duplex } from 'node:stream';

/** One check of the input `smoke`. Exactly one of `url`, `service` is set (a bare `path` means the app's URL). */
export interface SmokeCheck {
  /** For people: given, or derived from target and path. */
  name: string;
  url?: string | undefined;
  service?:
    | { name: string; port?: number | string | undefined; namespace?: string | undefined; nodePort?: boolean | undefined }
    | undefined;
  path: string;
  method: string;
  /** Accepted status codes, default 200–399. */
  status?: number[] | undefined;
  /** JSON path (`$.a.b[0]` or `a.b`) → expected value. */
  json: Record<string, unknown>;
  /** Header (lower case) → expected value, or a `/regular expression/`. */
  headers: Record<string, string>;
  /** Text that the body must contain. */
  contains?: string | undefined;
  /** Latency budget in ms. */
  maxMs?: number | undefined;
  requestHeaders: Record<string, string>;
  /** Sent through the proxy that the runner's environment names; left out: directly, as users come. */
  proxy?: boolean | undefined;
}

/** Where a check is sent: the domain asks for one per ready pod, per Service, or the front door. */
export interface SmokeTarget {
  /** E.g. `pod todo-backend-green-abc`, `https://todo.example.com`. */
  label: string;
  /** Base URL; host is what the Host header says. */
  baseUrl: string;
  connect?: (() => Promise<Duplex>) | undefined;
  address?: string | undefined;
}

export interface CheckResult {
  check: string;
  target: string;
  url: string;
  passed: boolean;
  attempts: number;
  status?: number | undefined;
  durationMs?: number | undefined;
  /** Why it failed, in one line: expected and seen. */
  failure?: string | undefined;
  /** Start of the body, neutral text. */
  body?: string | undefined;
}

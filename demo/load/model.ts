/** What the load generator is asked to do. Bounded in count and time; sent to one front door. */
export interface LoadPlan {
  /** Base URLs of the front door's nodes, e.g. `http://10.245.0.11:80`; used in turn. */
  targets: string[];
  /** Host header. */
  host: string;
  /** Paths, used in turn. */
  paths: string[];
  /** Local addresses, used in turn. */
  sources: string[];
  /** Requests per second, open loop: a slow response does not slow the sending. */
  rate: number;
  maxSeconds: number;
  maxRequests: number;
  /** A request without a complete response after this many ms is lost. */
  timeoutMs: number;
  /** Header that carries the version that answered. */
  versionHeader: string;
}

export interface LoadProgress {
  sent: number;
  lost: number;
  /** Responses by version. */
  versions: Record<string, number>;
}

/** The requests sent in one span of the run, and what became of each, whenever its response came. */
export interface Bucket {
  /** Start of the span, ms since the epoch. */
  at: number;
  /** Answered, by version. */
  versions: Record<string, number>;
  lost: number;
}

export interface LoadResult {
  startedAt: number;
  endedAt: number;
  sent: number;
  answered: number;
  lost: number;
  /** Responses whose parts came from two versions. */
  mixed: number;
  /** The first few losses, for display; `at` is when each was noticed. */
  losses: { at: number; path: string; reason: string }[];
  /** When the last loss was noticed, ms since the epoch. */
  lastLossAt?: number | undefined;
  versions: Record<string, number>;
  /** When each version answered first and last, ms since the epoch. */
  seen: Record<string, { first: number; last: number }>;
  latencyMs: { p50: number; p99: number; max: number };
  /** In order of time, counted from `startedAt`. */
  buckets: Bucket[];
}

/** Length of a bucket. */
export const BUCKET_MS = 100;

import { BUCKET_MS, type Bucket, type LoadProgress, type LoadResult } from './model.ts';

const KEPT_LOSSES = 20;

export interface Answer {
  /** When its request was sent, ms since the epoch. */
  sentAt: number;
  version: string;
  body: string;
  latencyMs: number;
}

/** Counts responses and losses of one run, each at the time its request was sent. */
export class Recorder {
  readonly #startedAt: number;
  #buckets = new Map<number, Bucket>();
  #versions: Record<string, number> = {};
  #seen: LoadResult['seen'] = {};
  #losses: LoadResult['losses'] = [];
  #latencies: number[] = [];
  #lost = 0;
  #lastLossAt: number | undefined;
  #mixed = 0;

  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  answered({ sentAt, version, body, latencyMs }: Answer): void {
    this.#versions[version] = (this.#versions[version] ?? 0) + 1;
    const now = Date.now();
    this.#seen[version] = { first: this.#seen[version]?.first ?? now, last: now };
    const bucket = this.#bucket(sentAt);
    bucket.versions[version] = (bucket.versions[version] ?? 0) + 1;
    this.#latencies.push(latencyMs);
    if (isMixed(body)) this.#mixed++;
  }

  lost(sentAt: number, path: string, reason: string): void {
    this.#lost++;
    this.#bucket(sentAt).lost++;
    this.#lastLossAt = Date.now();
    if (this.#losses.length < KEPT_LOSSES) this.#losses.push({ at: this.#lastLossAt, path, reason });
  }

  progress(): LoadProgress {
    return { sent: this.#latencies.length + this.#lost, lost: this.#lost, versions: { ...this.#versions } };
  }

  result(): LoadResult {
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    const quantile = (q: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0);
    return {
      startedAt: this.#startedAt,
      endedAt: Date.now(),
      sent: sorted.length + this.#lost,
      answered: sorted.length,
      lost: this.#lost,
      mixed: this.#mixed,
      losses: this.#losses,
      lastLossAt: this.#lastLossAt,
      versions: { ...this.#versions },
      seen: this.#seen,
      latencyMs: { p50: quantile(0.5), p99: quantile(0.99), max: Math.round(sorted.at(-1) ?? 0) },
      buckets: [...this.#buckets.values()].sort((a, b) => a.at - b.at),
    };
  }

  #bucket(sentAt: number): Bucket {
    const at = this.#startedAt + Math.floor((sentAt - this.#startedAt) / BUCKET_MS) * BUCKET_MS;
    const existing = this.#buckets.get(at);
    if (existing !== undefined) return existing;
    const bucket: Bucket = { at, versions: {}, lost: 0 };
    this.#buckets.set(at, bucket);
    return bucket;
  }
}

/** A response that names the versions of several parts must name the same one for all: `{frontend, backend}`, or `{version, backend: {version}}`. */
function isMixed(body: string): boolean {
  if (!body.startsWith('{') || !body.includes('"backend"')) return false;
  const { frontend, version, backend } = JSON.parse(body) as {
    frontend?: string;
    version?: string;
    backend?: string | { version: string };
  };
  // A backend that is called directly names no other part.
  if (backend === undefined) return false;
  return (frontend ?? version) !== (typeof backend === 'object' ? backend.version : backend);
}

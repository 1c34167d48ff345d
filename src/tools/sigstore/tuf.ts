import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrustedRoot } from '@sigstore/protobuf-specs';
import { BaseFetcher, Updater } from 'tuf-js';
import { DownloadHTTPError } from 'tuf-js/dist/error.js';
import { HttpError, ToolError } from '../../interfaces/errors.ts';
import type { Http } from '../../interfaces/http.ts';
import { withRetries } from '../retry.ts';
import { type Instance, instanceOf, rootsIn, type TrustedRoots } from './roots.ts';

const TARGET = 'trusted_root.json';
const LIMIT_MS = 20_000;
const MOST_BYTES = 8 * 1024 * 1024;

/** A repository of The Update Framework: its address, and the root that its signatures lead back to. */
export interface TufRepository {
  url: string;
  /** root.json of any version: later ones are signed by the one before. */
  root: string;
}

interface Options {
  http: Http;
  /** A private folder. */
  folder: string;
  signal: AbortSignal;
}

/** Returns the trusted roots that the instances publish, each fetched when the first bundle asks for it. */
export function publishedRoots(repositories: Readonly<Record<Instance, TufRepository>>, options: Options): TrustedRoots {
  const known = new Map<Instance, Promise<readonly TrustedRoot[]>>();
  return {
    for: (bundle) => {
      const instance = instanceOf(bundle);
      const roots =
        known.get(instance) ?? fetchRoots(repositories[instance], { ...options, folder: join(options.folder, instance) }, bundle);
      known.set(instance, roots);
      return roots;
    },
  };
}

async function fetchRoots(repository: TufRepository, { http, folder, signal }: Options, bundle: Parameters<TrustedRoots['for']>[0]) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, 'root.json'), repository.root);
  try {
    const updater = new Updater({
      metadataDir: folder,
      metadataBaseUrl: repository.url,
      targetDir: folder,
      targetBaseUrl: `${repository.url}/targets`,
      fetcher: new HttpFetcher(http, signal),
    });
    const target = await updater.getTargetInfo(TARGET);
    if (target === undefined) throw new ToolError(`${repository.url} has no ${TARGET}`);
    const text = readFileSync(await updater.downloadTarget(target, join(folder, TARGET)), 'utf8');
    return await rootsIn(text, `${repository.url} publishes a ${TARGET}`).for(bundle);
  } catch (error) {
    signal.throwIfAborted();
    throw new ToolError(`Who may sign attestations could not be learnt from ${repository.url}: ${messageOf(error)}`, {
      reason: 'service-failed',
      hint: 'May the runner reach it? Else keep what it publishes in a file, for the input "trusted-root": gh attestation trusted-root > trusted-root.jsonl',
      cause: error,
    });
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** By our own HTTP, which knows proxies and certificate authorities. */
class HttpFetcher extends BaseFetcher {
  readonly #http: Http;
  readonly #signal: AbortSignal;

  constructor(http: Http, signal: AbortSignal) {
    super();
    this.#http = http;
    this.#signal = signal;
  }

  override async fetch(url: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const body = await withRetries('safe', () => this.#get(url), { signal: this.#signal });
    return new Blob([body]).stream();
  }

  async #get(url: string): Promise<string> {
    const { status, body } = await this.#http.request({
      method: 'GET',
      url,
      timeoutMs: LIMIT_MS,
      maxBytes: MOST_BYTES,
      signal: this.#signal,
    });
    if (status === 200) return body;
    // How the updater learns that there is no newer root.
    if (status === 403 || status === 404) throw new DownloadHTTPError(`${url} answered ${status}`, status);
    throw new HttpError(`${url} answered ${status}`, { status });
  }
}

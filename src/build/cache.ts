import { createHash } from 'node:crypto';
import { sanitizeTag } from './tags.ts';

export const CACHES = ['registry', 'gha', 'off'] as const;
export type Cache = (typeof CACHES)[number];

/** Tag that holds the default branch's build cache in the image's own repository; those of other branches begin with it. */
const CACHE_TAG = 'buildcache';
/** No branch's: of those only `buildcache-…` is made. */
const TAGS_CACHE = `${CACHE_TAG}.tags`;

/** What a run says about itself, as GitHub does; '' for what it does not say. */
export interface CacheSource {
  /** `refs/heads/main`, `refs/tags/v1`, `refs/pull/7/merge`; '' outside of a workflow. */
  ref: string;
  /** Branch that a pull request is for. */
  baseRef: string;
  defaultBranch: string;
  /** An event of this repository's own people. */
  isOwnEvent: boolean;
}

/** Whose cache a build reads, the nearest first, and whose it writes: nobody's but its own branch's. */
export interface CacheScope {
  read: string[];
  write: string | undefined;
}

/**
 * What a branch has written is read by that branch alone, so that nothing reaches the default branch but what was built from it. A pull request
 * and a merge queue read what their target has, and write nothing.
 */
export function cacheScope({ ref, baseRef, defaultBranch, isOwnEvent }: CacheSource): CacheScope {
  const of = (branch: string): string => (branch === '' || branch === defaultBranch ? CACHE_TAG : branchTag(branch));
  const readOnly = (branch: string): CacheScope => ({ read: unique([of(branch), CACHE_TAG]), write: undefined });
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  const queued = /^gh-readonly-queue\/(.+)\/pr-[^/]+$/.exec(branch ?? '')?.[1];
  if (queued !== undefined) return readOnly(queued);
  if (!isOwnEvent || baseRef !== '' || ref.startsWith('refs/pull/')) return readOnly(baseRef);
  const write = ref.startsWith('refs/tags/') ? TAGS_CACHE : of(branch ?? '');
  return { read: unique([write, CACHE_TAG]), write };
}

/** A name that had to be changed gets a hash of what it was: `a/b` and `a-b` are two branches. */
function branchTag(branch: string): string {
  const tag = (sanitizeTag(branch) ?? '').slice(0, 80);
  const hash = tag === branch ? '' : `-${createHash('sha256').update(branch).digest('hex').slice(0, 8)}`;
  return `${CACHE_TAG}-${tag}${hash}`;
}

const unique = (tags: readonly string[]): string[] => [...new Set(tags)];

/** Where a build reads its cache from. Reading changes nothing in the registry; what is not there yet is passed over by BuildKit. */
export function cacheFrom(cache: Cache, repository: string, { read }: CacheScope): string[] {
  if (cache === 'registry') return read.map((tag) => `type=registry,ref=${repository}:${tag}`);
  return cache === 'gha' ? [`type=gha,scope=${scopeOf(repository)}`] : [];
}

/** Where the cache is written to: only by a second build, after the gate, which fails where the cache could not be written. */
export function cacheTo(cache: Cache, repository: string, { write }: CacheScope): string[] {
  if (write === undefined) return [];
  if (cache === 'registry') {
    return [`type=registry,ref=${repository}:${write},mode=max,image-manifest=true,oci-mediatypes=true`];
  }
  // GitHub's own service keeps the caches of branches apart.
  return cache === 'gha' ? [`type=gha,scope=${scopeOf(repository)},mode=max`] : [];
}

const scopeOf = (repository: string): string => repository.replace(/[^\w.-]+/g, '-');

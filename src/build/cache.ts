export const CACHES = ['registry', 'gha', 'off'] as const;
export type Cache = (typeof CACHES)[number];

/** Tag that holds the build cache in the image's own repository. */
const CACHE_TAG = 'buildcache';

/** Where a build reads its cache from. Reading changes nothing in the registry; what is not there yet is passed over by BuildKit. */
export function cacheFrom(cache: Cache, repository: string): string[] {
  if (cache === 'registry') return [`type=registry,ref=${repository}:${CACHE_TAG}`];
  return cache === 'gha' ? [`type=gha,scope=${scopeOf(repository)}`] : [];
}

/** Where the cache is written to: only by a second build, after the gate. A cache that cannot be written fails nothing. */
export function cacheTo(cache: Cache, repository: string): string[] {
  if (cache === 'registry') {
    return [`type=registry,ref=${repository}:${CACHE_TAG},mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true`];
  }
  return cache === 'gha' ? [`type=gha,scope=${scopeOf(repository)},mode=max,ignore-error=true`] : [];
}

const scopeOf = (repository: string): string => repository.replace(/[^\w.-]+/g, '-');

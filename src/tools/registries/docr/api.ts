import { HttpError, ToolError } from '../../../interfaces/errors.ts';
import type { RegistryLogin } from '../../../interfaces/registry-provider.ts';
import type { DigitalOceanApi } from '../../digitalocean/api.ts';
import type { DockerCredentials, GarbageCollection, RegistryTag, SubscriptionTier } from './model.ts';

/**
 * Credentials of one registry. `write` for a push; `expirySeconds` 0 for ones that do not end. Both parameters stand in the prose of the API's
 * description only. The older /v2/registry answers with an error where an account has more than one registry.
 */
export async function dockerCredentials(
  api: DigitalOceanApi,
  registry: string,
  host: string,
  want: { write: boolean; expirySeconds: number },
): Promise<RegistryLogin> {
  const what = `${want.write ? 'read and write' : 'read'} credentials of the registry ${registry}`;
  const response = await api.json<DockerCredentials>('dockerCredentials', {
    path: [registry],
    query: {
      read_write: want.write || undefined,
      expiry_seconds: want.expirySeconds > 0 ? want.expirySeconds : undefined,
    },
    what,
  });
  const auth = Buffer.from(response.auths?.[host]?.auth ?? '', 'base64').toString('utf8');
  const colon = auth.indexOf(':');
  if (colon <= 0) throw new ToolError(`DigitalOcean gave no ${what} for ${host}`);
  return { username: auth.slice(0, colon), password: auth.slice(colon + 1).trim() };
}

/** The garbage collection that runs now; undefined for none. Statuses beyond the described ones exist: only those that end one are named here. */
export async function activeGarbageCollection(api: DigitalOceanApi, registry: string): Promise<GarbageCollection | undefined> {
  const over = ['succeeded', 'failed', 'cancelled'];
  try {
    const response = await api.json<{ garbage_collection?: GarbageCollection | null }>('garbageCollection', {
      path: [registry],
      what: `the garbage collection of the registry ${registry}`,
    });
    const found = response.garbage_collection;
    return found && !over.includes(found.status) ? found : undefined;
  } catch (error) {
    // Where none runs, there is none to be found.
    if (error instanceof HttpError && error.status === 404) return undefined;
    throw error;
  }
}

/** The plan that the account's registries are under. */
export async function subscriptionTier(api: DigitalOceanApi): Promise<SubscriptionTier | undefined> {
  const response = await api.json<{ subscription?: { tier?: SubscriptionTier } }>('subscription', {
    what: 'the plan of the container registry',
  });
  return response.subscription?.tier;
}

/** Names of the registry's repositories, without the registry's own. */
export async function repositoryNames(api: DigitalOceanApi, registry: string): Promise<string[]> {
  const what = `the repositories of the registry ${registry}`;
  const found = await api.pages<{ name: string }>('repositories', 'repositories', { path: [registry], what });
  return found.map(({ name }) => name);
}

/** Every tag of a repository (its name without the registry's, slashes as they are). */
export async function repositoryTags(api: DigitalOceanApi, registry: string, repository: string): Promise<RegistryTag[]> {
  const what = `the tags of ${registry}/${repository}`;
  return await api.pages<RegistryTag>('repositoryTags', 'tags', { path: [registry, repository], what });
}

/** Removes a tag; one that is gone already is fine. Its manifest stays. */
export async function deleteTag(api: DigitalOceanApi, registry: string, repository: string, tag: string): Promise<void> {
  const what = `the removal of the tag ${registry}/${repository}:${tag}`;
  await unlessGone(api.text('deleteTag', { path: [registry, repository, tag], what }));
}

/** Removes a manifest; one that is gone already is fine. Its layers stay until a garbage collection. */
export async function deleteManifest(api: DigitalOceanApi, registry: string, repository: string, digest: string): Promise<void> {
  const what = `the removal of ${registry}/${repository}@${digest}`;
  await unlessGone(api.text('deleteManifest', { path: [registry, repository, digest], what }));
}

/** Asks for the collection of blobs that no manifest refers to. One that runs already is as good. */
export async function collectGarbage(api: DigitalOceanApi, registry: string): Promise<void> {
  try {
    await api.text('collectGarbage', { path: [registry], what: `a garbage collection of the registry ${registry}` });
  } catch (error) {
    if (!(error instanceof HttpError) || error.status !== 409) throw error;
  }
}

async function unlessGone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!(error instanceof HttpError) || error.status !== 404) throw error;
  }
}

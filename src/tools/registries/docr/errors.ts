import type { ProviderContext, RegistryFailure } from '../../../interfaces/registry-provider.ts';

export const PLAN_HINT =
  'change the plan (doctl registry options subscription-tiers), or remove a repository: doctl registry repository delete';

/** What DigitalOcean's registry means by a refusal. */
export function docrHint(
  { status, message }: RegistryFailure,
  { digitalOceanToken }: Pick<ProviderContext, 'digitalOceanToken'>,
): string | undefined {
  if (/repositories, limit is/i.test(message)) return PLAN_HINT;
  if (status !== 401 || digitalOceanToken !== '') return undefined;
  return 'set env DIGITALOCEAN_ACCESS_TOKEN of the job, or the input "digitalocean-token": credentials are asked for with it. On a pull request from a fork there are no secrets';
}

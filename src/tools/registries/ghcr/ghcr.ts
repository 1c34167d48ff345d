import type { RegistryProvider } from '../../../interfaces/registry-provider.ts';
import { ghcrHint } from './errors.ts';
import { ghcrRemoval } from './removal.ts';

/** GitHub's container registry: the job's own token opens it. That ends with the job, so no pull Secret can be made of it. */
export const ghcr: RegistryProvider = {
  matches: ({ host }) => host === 'ghcr.io',
  opensLater: false,
  login: async (_place, _lifetimeMs, { actor, githubToken }) =>
    githubToken === '' ? undefined : { username: actor, password: githubToken },
  beforePush: async () => undefined,
  pullSecret: () => undefined,
  removal: (_place, context) => (context.githubToken === '' ? undefined : ghcrRemoval(context)),
  errors: ghcrHint,
};

import type { RegistryProvider } from '../../../interfaces/registry-provider.ts';

/** A registry that is like all others: docker's login state opens it. */
export const anyRegistry: RegistryProvider = {
  matches: () => true,
  opensLater: false,
  login: async () => undefined,
  beforePush: async () => undefined,
  pullSecret: () => undefined,
  removal: () => undefined,
  errors: () => undefined,
};

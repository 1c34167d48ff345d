import type { RegistryFailure, RegistryProvider } from '../../../interfaces/registry-provider.ts';
import { anyRegistry } from '../any/any.ts';

const TOKENS = 'https://app.docker.com/settings/personal-access-tokens';

/** Docker Hub. It answers a login that may read and not write like one that is wrong. */
export const hub: RegistryProvider = {
  ...anyRegistry,
  matches: ({ host }) => host === 'docker.io',
  errors: ({ action, status }: RegistryFailure) =>
    action === 'push' && (status === 401 || status === 403)
      ? `the prefix has to be docker.io/<account or organisation> of this login, and an access token needs "Read & Write": see ${TOKENS}`
      : undefined,
};

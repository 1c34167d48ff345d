import type { ProviderContext, RegistryLogin } from '../../../interfaces/registry-provider.ts';
import type { ActionContext } from '../../../runtime/action.ts';
import { readDigitalOceanToken } from '../../shared/digitalocean.ts';
import { providerContext } from '../../shared/registries.ts';
import { readLogin, readRegistry } from '../login.ts';

export interface RegistryInputs {
  /** `host[:port][/prefix]`. */
  registry: string;
  /** The user's own. Undefined: what the registry's provider gives, else docker's login state. */
  login: RegistryLogin | undefined;
  /** What the registry's provider works with. */
  provider: ProviderContext;
  push: boolean;
}

/** Where images go, and as whom. */
export function readRegistryInputs(context: ActionContext): RegistryInputs {
  const { inputs, env } = context;
  const provider = providerContext(context, {
    digitalOceanToken: readDigitalOceanToken(context),
    githubToken: inputs.secret('github-token'),
  });
  return {
    registry: readRegistry(inputs, (line) => context.log.info(line)),
    login: readLogin(inputs),
    provider,
    push: inputs.boolean('push', env.isOwnEvent),
  };
}

import type { ProviderContext, RegistryLogin } from '../../../interfaces/registry-provider.ts';
import type { ActionContext } from '../../../runtime/action.ts';
import { readDigitalOceanToken } from '../../shared/digitalocean.ts';
import { providerContext } from '../../shared/registries.ts';
import { readLogin, readRegistry } from '../login.ts';

export interface RegistryInputs {
  /** `host[:port][/prefix]`; '' where images are loaded under their own names. */
  registry: string;
  /** The user's own. Undefined: what the registry's provider gives, else docker's login state. */
  login: RegistryLogin | undefined;
  /** What the registry's provider works with. */
  provider: ProviderContext;
  push: boolean;
}

/** Where images go, and as whom. Where they are loaded, the registry is a part of their names alone. */
export function readRegistryInputs(context: ActionContext, isLoaded: boolean): RegistryInputs {
  const { inputs, env } = context;
  const provider = providerContext(context, {
    digitalOceanToken: readDigitalOceanToken(context),
    githubToken: inputs.secret('github-token'),
  });
  return {
    registry: isLoaded && inputs.string('registry') === '' ? '' : readRegistry(inputs, (line) => context.log.info(line)),
    login: readLogin(inputs),
    provider,
    push: inputs.boolean('push', env.isOwnEvent) && !isLoaded,
  };
}

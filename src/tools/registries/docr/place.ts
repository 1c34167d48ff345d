import { ConfigurationError } from '../../../interfaces/errors.ts';
import type { ProviderContext, RegistryPlace } from '../../../interfaces/registry-provider.ts';

export const docrHost = (variables: ProviderContext['variables']): string => variables.TODO_DEPLOY_DOCR_HOST || 'registry.digitalocean.com';

export interface DocrRegistry {
  host: string;
  /** `acme` of registry.digitalocean.com/acme. */
  name: string;
}

/** The registry that a repository or a prefix lies in; undefined without a token, which nothing can be asked for. Throws ConfigurationError. */
export function docrOf(
  { host, path }: RegistryPlace,
  { digitalOceanToken }: Pick<ProviderContext, 'digitalOceanToken'>,
): DocrRegistry | undefined {
  if (digitalOceanToken === '') return undefined;
  const [name = ''] = path.split('/');
  if (/^[a-z0-9-]{1,63}$/.test(name)) return { host, name };
  throw new ConfigurationError(`"${path === '' ? host : `${host}/${path}`}" names no registry at DigitalOcean`, {
    hint: `write ${host}/<registry>, such as ${host}/acme`,
  });
}

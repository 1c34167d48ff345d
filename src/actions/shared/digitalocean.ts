import { ConfigurationError } from '../../interfaces/errors.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { DigitalOceanApi } from '../../tools/digitalocean/api.ts';
import { dockerCredentials, type RegistryLogin } from '../../tools/digitalocean/registry.ts';
import { UndiciHttp } from '../../tools/http.ts';

type Reads = Pick<ActionContext, 'inputs' | 'variables' | 'mask'>;

/** The input `digitalocean-token`, else DIGITALOCEAN_ACCESS_TOKEN; masked; '' for none. Throws ConfigurationError for what cannot be a token. */
export function readDigitalOceanToken({ inputs, variables, mask }: Reads): string {
  const token = inputs.secret('digitalocean-token') || (variables.DIGITALOCEAN_ACCESS_TOKEN ?? '').trim();
  mask(token);
  // It becomes a header. The value itself is never shown.
  if (/^[\x21-\x7e]*$/.test(token)) return token;
  throw new ConfigurationError('The DigitalOcean token holds spaces, line breaks or other characters that no token has', {
    hint: 'copy it again into the secret, alone and on one line',
  });
}

export const digitalOceanApi = ({ variables, signal }: ActionContext, token: string): DigitalOceanApi =>
  new DigitalOceanApi({ http: new UndiciHttp(), token, apiUrl: variables.DIGITALOCEAN_API_URL, signal });

/** DigitalOcean's registry host. */
export const docrHost = (variables: ActionContext['variables']): string => variables.TODO_DEPLOY_DOCR_HOST || 'registry.digitalocean.com';

/** A registry of DigitalOcean, and a token that may ask for its credentials. */
export interface Docr {
  host: string;
  /** `acme` of registry.digitalocean.com/acme. */
  name: string;
  token: string;
}

/** Of a prefix or repository such as `registry.digitalocean.com/acme/todo`; undefined where it is another registry, or there is no token. */
export function docrOf(prefix: string, token: string, variables: ActionContext['variables']): Docr | undefined {
  const [host, name = ''] = prefix.split('/');
  if (token === '' || host !== docrHost(variables)) return undefined;
  if (/^[a-z0-9-]{1,63}$/.test(name)) return { host, name, token };
  throw new ConfigurationError(`"${prefix}" names no registry at DigitalOcean`, { hint: `write ${host}/<registry>, such as ${host}/acme` });
}

/** Asks for credentials, masked. They end after `lifetimeMs`; 0: they do not end. */
export async function docrLogin(context: ActionContext, docr: Docr, want: { write: boolean; lifetimeMs: number }): Promise<RegistryLogin> {
  const expirySeconds = Math.ceil(want.lifetimeMs / 1000);
  const login = await dockerCredentials(digitalOceanApi(context, docr.token), docr.name, docr.host, { write: want.write, expirySeconds });
  // A user name may be any word: masked, it would shred the log. Where it is secret, it is the password too.
  context.mask(login.password);
  context.mask(Buffer.from(`${login.username}:${login.password}`).toString('base64'));
  return login;
}

import { ConfigurationError } from '../../interfaces/errors.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { DigitalOceanApi } from '../../tools/digitalocean/api.ts';
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
  new DigitalOceanApi({ http: new UndiciHttp({ env: variables }), token, apiUrl: variables.DIGITALOCEAN_API_URL, signal });

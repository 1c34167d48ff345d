import { ConfigurationError } from '../../../interfaces/errors.ts';
import type { ActionContext } from '../../../runtime/action.ts';

/** A private key of age, masked. Throws ConfigurationError where there is none. */
export function readIdentity(inputs: ActionContext['inputs']): string {
  const identity = inputs.secret('identity');
  if (/^AGE-SECRET-KEY-1/m.test(identity)) return identity;
  throw new ConfigurationError(`Input "identity" ${identity === '' ? 'is missing' : 'holds no private key of age'}`, {
    hint: 'It is the whole file that age-keygen wrote, or its line that begins with AGE-SECRET-KEY-1, as a secret of this environment.',
  });
}

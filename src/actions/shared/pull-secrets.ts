import type { ProviderContext, PullSecret } from '../../interfaces/registry-provider.ts';
import type { Inputs } from '../../runtime/inputs.ts';
import { registryAt } from '../../tools/registries/registries.ts';

const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/** What pods pull with: names of Secrets, and those among them that are kept. */
export interface PullSecrets {
  imagePullSecrets: string[];
  pullSecrets: PullSecret[];
}

/**
 * The input `image-pull-secrets`: names, `none`, or where it is left out the Secrets that are kept for the registries of `prefixes`, as far as
 * they give credentials for that. Throws ConfigurationError.
 */
export function readPullSecrets(inputs: Inputs, prefixes: readonly string[], context: ProviderContext): PullSecrets {
  const named = inputs.list('image-pull-secrets', { pattern: NAME, describe: 'names of Secrets, or none' });
  if (named.length > 0) return { imagePullSecrets: named.filter((name) => name !== 'none'), pullSecrets: [] };
  const found = prefixes.map((prefix) => registryAt(prefix, context).pullSecret()).filter((secret) => secret !== undefined);
  const kept = new Map(found.map((secret) => [secret.name, secret]));
  return { imagePullSecrets: [...kept.keys()], pullSecrets: [...kept.values()] };
}

import type { PullSecret } from '../../deploy/run/options.ts';
import type { ActionContext } from '../../runtime/action.ts';
import type { RegistryLogin } from '../../tools/digitalocean/registry.ts';
import { type Docr, docrLogin, docrOf, readDigitalOceanToken } from './digitalocean.ts';

const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
/** Long enough to ask whether the images are there. */
const LOGIN_MS = 3_600_000;

/** Name of the pull Secret that is kept for a registry of DigitalOcean. */
export const pullSecretName = (registry: string): string => `todo-deploy-docr-${registry}`;

/**
 * The input `image-pull-secrets`: names, `none`, or where it is left out the Secrets that are kept for DigitalOcean's registries among
 * `prefixes`, as far as there is a token. Throws ConfigurationError.
 */
export function readPullSecrets(
  context: Pick<ActionContext, 'inputs' | 'variables' | 'mask'>,
  prefixes: readonly string[],
): { imagePullSecrets: string[]; docr: Docr[] } {
  const named = context.inputs.list('image-pull-secrets', { pattern: NAME, describe: 'names of Secrets, or none' });
  if (named.length > 0) return { imagePullSecrets: named.filter((name) => name !== 'none'), docr: [] };
  const token = readDigitalOceanToken(context);
  const found = prefixes.map((prefix) => docrOf(prefix, token, context.variables)).filter((docr) => docr !== undefined);
  const docr = [...new Map(found.map((one) => [one.name, one])).values()];
  return { imagePullSecrets: docr.map(({ name }) => pullSecretName(name)), docr };
}

/** The Secret that is kept; its credentials do not end, so they are asked for only where it is missing. */
export function pullSecretOf(context: ActionContext, docr: Docr): PullSecret {
  let asked: ReturnType<PullSecret['credentials']> | undefined;
  return {
    name: pullSecretName(docr.name),
    host: docr.host,
    registry: docr.name,
    credentials: () => {
      asked ??= docrLogin(context, docr, { write: false, lifetimeMs: 0 });
      return asked;
    },
  };
}

/**
 * Logins to read DigitalOcean's registry, to see whether images are there; of no use for another registry, or without a token. Where it cannot be
 * had, nobody can say.
 */
export function docrReader(
  context: ActionContext,
  token: string,
): (place: { registry: string; path: string }) => Promise<RegistryLogin | undefined> {
  return async ({ registry, path }) => {
    const docr = docrOf(`${registry}/${path}`, token, context.variables);
    if (docr === undefined) return undefined;
    try {
      return await docrLogin(context, docr, { write: false, lifetimeMs: LOGIN_MS });
    } catch (error) {
      context.signal.throwIfAborted();
      context.log.warning(`Whether the registry has the images is not checked: ${error instanceof Error ? error.message : error}`);
      return undefined;
    }
  };
}

import type { ProviderContext, RegistryLogin } from '../../interfaces/registry-provider.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { UndiciHttp } from '../../tools/http.ts';
import { registryAt } from '../../tools/registries/registries.ts';

/** Long enough to check whether images exist. */
const READ_MS = 3_600_000;

type Tokens = Pick<ProviderContext, 'digitalOceanToken'> & Partial<Pick<ProviderContext, 'githubToken'>>;

/** What registries are opened with. Without GitHub's token docker's login state counts there. */
export function providerContext(context: ActionContext, { digitalOceanToken, githubToken = '' }: Tokens): ProviderContext {
  const { clock, log, signal, mask, variables, env } = context;
  return {
    http: new UndiciHttp({ env: variables }),
    clock,
    log,
    signal,
    mask,
    variables,
    actor: env.actor,
    githubToken,
    digitalOceanToken,
  };
}

/** Logins to check whether a registry has images. Without one the check is left out. */
export const loginForReads =
  (context: ProviderContext) =>
  async (repository: string): Promise<RegistryLogin | undefined> => {
    try {
      return await registryAt(repository, context).login(READ_MS);
    } catch (error) {
      context.signal.throwIfAborted();
      context.log.warning(`Could not check whether the registry has the images: ${error instanceof Error ? error.message : error}`);
      return undefined;
    }
  };

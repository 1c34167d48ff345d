import type { ProviderContext, RegistryLogin } from '../../interfaces/registry-provider.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { UndiciHttp } from '../../tools/http.ts';
import { registryAt } from '../../tools/registries/registries.ts';

/** Long enough to ask whether images are there. */
const LOOK_MS = 3_600_000;

type Tokens = Pick<ProviderContext, 'digitalOceanToken'> & Partial<Pick<ProviderContext, 'githubToken'>>;

/** What registries are opened with. Without GitHub's token docker's login state counts there. */
export function providerContext(context: ActionContext, { digitalOceanToken, githubToken = '' }: Tokens): ProviderContext {
  const { clock, log, signal, mask, variables, env } = context;
  return { http: new UndiciHttp(), clock, log, signal, mask, variables, actor: env.actor, githubToken, digitalOceanToken };
}

/** Logins to see whether a registry has images. Where one cannot be had, nobody can say. */
export const loginToLook =
  (context: ProviderContext) =>
  async (repository: string): Promise<RegistryLogin | undefined> => {
    try {
      return await registryAt(repository, context).login(LOOK_MS);
    } catch (error) {
      context.signal.throwIfAborted();
      context.log.warning(`Whether the registry has the images is not checked: ${error instanceof Error ? error.message : error}`);
      return undefined;
    }
  };

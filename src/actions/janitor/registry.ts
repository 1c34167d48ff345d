import type { ImageRemoval, RegistryLogin } from '../../interfaces/registry-provider.ts';
import type { TagWorld } from '../../janitor/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import type { NodeProcessRunner } from '../../tools/process.ts';
import { registryAt } from '../../tools/registries/registries.ts';
import { RegistryClient } from '../../tools/registry/client.ts';
import { providerContext } from '../shared/registries.ts';
import type { JanitorInputs } from './inputs.ts';

/** Long enough for a pass. */
const LIFETIME_MS = 3_600_000;

/** The registries with the logins that the inputs give, and how images go from each. */
export function janitorRegistry(
  context: ActionContext,
  inputs: JanitorInputs,
  runner: NodeProcessRunner,
): Pick<TagWorld, 'registry' | 'removal'> & { close(): Promise<void> } {
  const { login: given, prefixes, collectGarbage, cluster, githubToken } = inputs;
  const provider = providerContext(context, { digitalOceanToken: cluster.digitalOceanToken, githubToken });
  const accesses = new Map(prefixes.map((prefix) => [prefix, registryAt(prefix, provider)]));
  const accessTo = (repository: string) => accesses.get(prefixOf(repository)) ?? registryAt(repository, provider);
  const prefixOf = (repository: string): string => prefixes.find((prefix) => repository.startsWith(`${prefix}/`)) ?? repository;
  const logins = new Map<string, Promise<RegistryLogin | undefined>>();
  const client = new RegistryClient({
    runner,
    env: context.variables,
    mask: context.mask,
    login: async (repository) => {
      if (given) return given;
      const known = logins.get(prefixOf(repository)) ?? accessTo(repository).login(LIFETIME_MS);
      logins.set(prefixOf(repository), known);
      return await known;
    },
  });
  const byProtocol: ImageRemoval = { remove: (repository, digest) => client.removeImage(repository, digest, context.signal) };
  const removals = new Map<string, ImageRemoval>();
  return {
    registry: client,
    removal: (repository) => {
      const prefix = prefixOf(repository);
      const { remove, collect } = removals.get(prefix) ?? accessTo(repository).removal() ?? byProtocol;
      const own = removals.get(prefix) ?? { remove, ...(collectGarbage && collect ? { collect } : {}) };
      removals.set(prefix, own);
      return own;
    },
    close: () => client.close(),
  };
}

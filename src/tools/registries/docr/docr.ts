import { HttpError } from '../../../interfaces/errors.ts';
import type { ImageRemoval, ProviderContext, PullSecret, RegistryLogin, RegistryProvider } from '../../../interfaces/registry-provider.ts';
import { DigitalOceanApi } from '../../digitalocean/api.ts';
import { activeGarbageCollection, collectGarbage, deleteManifest, deleteTag, dockerCredentials } from './api.ts';
import { docrHint } from './errors.ts';
import { type DocrRegistry, docrHost, docrOf } from './place.ts';
import { requireRepositories, waitForGarbageCollection } from './push-gate.ts';

/** DigitalOcean's container registry: its API gives credentials for a token, to read or to write, with an end or without. */
export const docr: RegistryProvider = {
  matches: ({ host }, { variables }) => host === docrHost(variables),
  opensLater: true,

  async login(place, lifetimeMs, context) {
    const registry = docrOf(place, context);
    return registry && (await credentials(registry, { write: false, lifetimeMs }, context));
  },

  async beforePush(place, { repositories, limitMs, lifetimeMs }, context) {
    const registry = docrOf(place, context);
    if (registry === undefined) return undefined;
    const { clock, log, signal } = context;
    await waitForGarbageCollection(apiOf(context), registry.name, { clock, log, limitMs, signal });
    await checkPlan(
      registry,
      repositories.map((path) => path.split('/').slice(1).join('/')),
      context,
    );
    const login = await credentials(registry, { write: true, lifetimeMs }, context);
    log.info(`Logged in to ${registry.host}/${registry.name} for the push`);
    return login;
  },

  pullSecret(place, context) {
    const registry = docrOf(place, context);
    return registry && pullSecretOf(registry, context);
  },

  removal(place, context) {
    const registry = docrOf(place, context);
    return registry && removalOf(registry, context);
  },

  errors: docrHint,
};

const apiOf = ({ http, variables, signal, digitalOceanToken }: ProviderContext): DigitalOceanApi =>
  new DigitalOceanApi({ http, token: digitalOceanToken, apiUrl: variables.DIGITALOCEAN_API_URL, signal });

/** Masked. They end after `lifetimeMs`; 0: they do not end. */
async function credentials(
  { host, name }: DocrRegistry,
  { write, lifetimeMs }: { write: boolean; lifetimeMs: number },
  context: ProviderContext,
): Promise<RegistryLogin> {
  const login = await dockerCredentials(apiOf(context), name, host, { write, expirySeconds: Math.ceil(lifetimeMs / 1000) });
  // A user name may be any word: masked, it would shred the log. Where it is secret, it is the password too.
  context.mask(login.password);
  context.mask(Buffer.from(`${login.username}:${login.password}`).toString('base64'));
  return login;
}

/** The registry itself decides: a plan that cannot be read stops nothing. */
async function checkPlan({ name }: DocrRegistry, repositories: readonly string[], context: ProviderContext): Promise<void> {
  try {
    await requireRepositories(apiOf(context), name, repositories);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    context.log.warning(`Could not find out whether the plan of ${name} has room for these repositories: ${error.message}`);
  }
}

function pullSecretOf(registry: DocrRegistry, context: ProviderContext): PullSecret {
  let asked: Promise<RegistryLogin> | undefined;
  return {
    name: `todo-deploy-docr-${registry.name}`,
    host: registry.host,
    registry: registry.name,
    credentials: () => {
      asked ??= credentials(registry, { write: false, lifetimeMs: 0 }, context);
      return asked;
    },
  };
}

/** Tags first: a manifest that has one may be pulled until then. The collection takes what no manifest refers to, and no manifest. */
function removalOf({ host, name }: DocrRegistry, context: ProviderContext): ImageRemoval {
  const api = apiOf(context);
  return {
    async remove(repository, digest, tags) {
      const within = repository.slice(`${host}/${name}/`.length);
      for (const tag of tags) await deleteTag(api, name, within, tag);
      await deleteManifest(api, name, within, digest);
    },
    async collect() {
      const running = await activeGarbageCollection(api, name);
      if (running) return `A garbage collection of the registry ${name} runs already (${running.status})`;
      await collectGarbage(api, name);
      return `A garbage collection of the registry ${name} is asked for: nothing can be pushed there until it is over`;
    },
  };
}

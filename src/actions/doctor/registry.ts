import type { PatientRegistry } from '../../doctor/index.ts';
import { locatePrefix } from '../../interfaces/image-reference.ts';
import type { Log } from '../../interfaces/log.ts';
import type { ProcessRunner } from '../../interfaces/process.ts';
import type { RegistryLogin } from '../../interfaces/registry-provider.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { registryAt } from '../../tools/registries/registries.ts';
import { RegistryClient } from '../../tools/registry/client.ts';
import { providerContext } from '../shared/registries.ts';
import type { DoctorInputs } from './inputs.ts';

/** Long enough for an answer. */
const LIFETIME_MS = 600_000;

/** The registry with the login that a build would have: the user's own, the provider's, docker's. */
export function patientRegistry(
  context: ActionContext,
  inputs: DoctorInputs,
  runner: ProcessRunner,
  log: Log,
): PatientRegistry | undefined {
  const { registry: prefix, login: given, cluster, githubToken } = inputs;
  if (prefix === undefined) return undefined;
  const provider = registryAt(prefix, { ...providerContext(context, { digitalOceanToken: cluster.digitalOceanToken, githubToken }), log });
  let asked: Promise<RegistryLogin | undefined> | undefined;
  const { host } = locatePrefix(prefix);
  const client = new RegistryClient({
    runner,
    env: context.variables,
    mask: context.mask,
    errors: provider.errors,
    login: async (repository) => {
      asked ??= given ? Promise.resolve(given) : providersLogin(repository.slice(host.length + 1));
      return await asked;
    },
  });
  // One that reads is asked for first: not every provider has another one for a push.
  const providersLogin = async (path: string): Promise<RegistryLogin | undefined> => {
    const reading = await provider.login(LIFETIME_MS);
    return reading && ((await provider.beforePush({ repositories: [path], limitMs: 1000, lifetimeMs: LIFETIME_MS })) ?? reading);
  };
  return { prefix, host, authorize: (repository, action) => client.authorize(repository, action, context.signal) };
}

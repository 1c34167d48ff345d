import { lookup } from 'node:dns/promises';
import type { Collaborators } from '../../deploy/index.ts';
import type { Helm } from '../../interfaces/helm.ts';
import { parseImage, repositoryOf } from '../../interfaces/image-reference.ts';
import type { Log } from '../../interfaces/log.ts';
import type { Registry } from '../../interfaces/registry.ts';
import type { PullSecret } from '../../interfaces/registry-provider.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { runChecks } from '../../smoke/index.ts';
import { connects, hostOfServer } from '../../tools/connects.ts';
import type { GitHubClient } from '../../tools/github/client.ts';
import { UndiciHttp } from '../../tools/http.ts';
import { RegistryClient } from '../../tools/registry/client.ts';
import { ancestryOf } from './ancestry.ts';
import type { ClusterInputs, ClusterTools } from './cluster-access.ts';
import { loginForReads, providerContext } from './registries.ts';

/** Everything outside that a deploy or a rollback works with. */
export function collaborators(
  context: ActionContext,
  inputs: { github?: GitHubClient | undefined; cluster: ClusterInputs; pullSecrets?: readonly PullSecret[] },
  tools: ClusterTools,
  helm: Helm,
): Collaborators & { registry: Registry } {
  const { log, clock, env } = context;
  const http = new UndiciHttp({ env: context.variables, proxied: false });
  const registry: Registry = new RegistryClient({
    runner: tools.runner,
    env: context.variables,
    mask: context.mask,
    login: loginForReads(providerContext(context, inputs.cluster)),
  });
  return {
    kubernetes: tools.kubernetes,
    helm,
    http,
    clock,
    log,
    runChecks: (options) => runChecks({ ...options, http, clock, log: options.quiet ? quiet(log) : log }),
    ancestry: ancestryOf({
      runner: tools.runner,
      log,
      workspace: env.workspace,
      repository: env.repository,
      github: inputs.github,
      signal: context.signal,
    }),
    registry,
    imageExists: (reference) => imageExists(registry, reference, log),
    resolves: (host) =>
      lookup(host).then(
        () => true,
        () => false,
      ),
    connects,
    serverHost: hostOfServer(tools.server),
    pullSecrets: inputs.pullSecrets ?? [],
  };
}

/** The runner may have no access to a registry that the cluster pulls from: then it is unknown. */
async function imageExists(registry: Registry, image: string, log: ActionContext['log']): Promise<'yes' | 'no' | 'unknown'> {
  const { reference } = parseImage(image);
  if (reference === undefined) return 'unknown';
  try {
    return (await registry.head(repositoryOf(image), reference.digest ?? reference.tag ?? 'latest')) ? 'yes' : 'no';
  } catch (error) {
    log.debug(`The registry could not be asked for ${image}: ${error instanceof Error ? error.message : error}`);
    return 'unknown';
  }
}

/** Passed checks are logged for debugging only. */
function quiet(log: Log): Log {
  const debug = (text: string) => log.debug(text);
  return {
    info: debug,
    debug,
    notice: debug,
    warning: (text) => log.warning(text),
    error: (text) => log.error(text),
    group: (_, body) => body(),
  };
}

import { requireRights } from '../../build/rights.ts';
import type { BuildContexts } from '../../interfaces/build-context.ts';
import type { Builder } from '../../interfaces/builder.ts';
import { locatePrefix } from '../../interfaces/image-reference.ts';
import type { LayoutStore } from '../../interfaces/layout-store.ts';
import type { Log } from '../../interfaces/log.ts';
import type { Registry } from '../../interfaces/registry.ts';
import type { Scanner } from '../../interfaces/scanner.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { contextFiles } from '../../tools/build-context/digest.ts';
import { Buildx } from '../../tools/buildx/buildx.ts';
import { helperVariables } from '../../tools/environment/logins.ts';
import { type HomeCluster, homeCluster } from '../../tools/home-clusters/home-clusters.ts';
import { contextOf, loadKubeconfig } from '../../tools/kubernetes/load.ts';
import { NodeProcessRunner } from '../../tools/process.ts';
import { type RegistryAccess, registryAt } from '../../tools/registries/registries.ts';
import { RegistryClient } from '../../tools/registry/client.ts';
import { findTrivy } from '../../tools/trivy/find.ts';
import { readSettings } from '../../tools/trivy/settings.ts';
import { Trivy } from '../../tools/trivy/trivy.ts';
import { Checkout } from '../shared/checkout.ts';
import type { BuildPushInputs } from './inputs.ts';
import { LayoutFiles } from './layout-files.ts';
import { type DockerConfig, dockerConfig, replaceLogin } from './login.ts';

/** The collaborators of build-push, all of them with the same login. */
export interface BuildPushTools {
  docker: DockerConfig;
  builder: Builder;
  scanner: Scanner;
  registry: Registry;
  store: LayoutStore;
  checkout: Checkout;
  contexts: BuildContexts;
  log: Log;
  /** Where images are loaded instead of being pushed. */
  home: HomeCluster | undefined;
  /** Before anything is built: the right to push, or to read where the one to write comes with the push. */
  requireRights(): Promise<void>;
  /** Before the first push: waits until the registry takes one, and gets the rights for it where they are not there from the start. */
  beforePush(): Promise<void>;
}

export async function createTools(context: ActionContext, inputs: BuildPushInputs): Promise<BuildPushTools> {
  const { temp, log, mask, variables } = context;
  const access = registryAt(inputs.registry, inputs.provider);
  const home = homeOf(context, inputs);
  const asksProvider = inputs.login === undefined && home === undefined;
  const given = asksProvider ? await access.login(lifetimeMs(inputs)) : undefined;
  const docker = dockerConfig(inputs.registry, inputs.login ?? given, context);
  const runner = runnerOf(context);
  const env = { ...variables, ...docker.env };
  const settings = readSettings(variables);
  if (settings.dropped.length > 0) log.info(`Trivy does not get ${settings.dropped.join(', ')}: only the inputs decide what counts`);
  const registry = new RegistryClient({ runner, dockerConfig: docker.folder, env, mask, errors: access.errors });
  const repositories = inputs.images.map(({ name }) => `${inputs.registry}/${name}`);
  const opensLater = given !== undefined && access.opensLater;
  const trivyPath = await findTrivy({ runner, log, files: temp, env: variables });
  const { timeoutMs, databaseMaxAgeMs } = inputs;
  const trivy = { runner, trivyPath, files: temp, log, settings, timeoutMs, databaseMaxAgeMs };
  return {
    docker,
    builder: createBuilder(context, docker.env),
    scanner: new Trivy({ ...trivy, env: docker.env, logins: helperVariables(env) }),
    registry,
    store: new LayoutFiles(temp),
    checkout: new Checkout(runner, context.env),
    contexts: contextFiles,
    log,
    home,
    requireRights: () => requireRights(repositories, opensLater ? 'pull' : 'push', registry, context.signal),
    beforePush: async () => {
      if (!opensLater) return;
      await openForPush(access, context, inputs, docker);
      await requireRights(repositories, 'push', registry, context.signal);
    },
  };
}

function homeOf(context: ActionContext, { load, timeoutMs }: BuildPushInputs): HomeCluster | undefined {
  if (load === undefined) return undefined;
  const { input, context: name } = load.kubeconfig;
  const { variables: env, mask, log, signal } = context;
  const current = () => contextOf(loadKubeconfig({ input: input || undefined, context: name, env, mask }));
  return homeCluster(load, current, { runner: runnerOf(context), log, signal, timeoutMs, commands: load.commands });
}

const HOUR_MS = 3_600_000;
/** Builds run side by side under one limit, scans under another; pushes and caches come on top. */
const lifetimeMs = ({ timeoutMs }: BuildPushInputs): number => HOUR_MS + 2 * timeoutMs;

/** Everything has passed: only now the right to write is asked for. */
async function openForPush(access: RegistryAccess, context: ActionContext, inputs: BuildPushInputs, docker: DockerConfig): Promise<void> {
  const { registry, images, timeoutMs } = inputs;
  const { path } = locatePrefix(registry);
  const login = await access.beforePush({
    repositories: images.map(({ name }) => (path === '' ? name : `${path}/${name}`)),
    limitMs: timeoutMs,
    lifetimeMs: lifetimeMs(inputs),
  });
  if (login !== undefined) replaceLogin(docker, registry, login, context.mask);
}

/** `env` is that of the private docker configuration. */
export function createBuilder(context: ActionContext, env: Readonly<Record<string, string>>): Builder {
  return new Buildx({
    runner: runnerOf(context),
    files: context.temp,
    env,
    inherited: context.variables,
    logins: helperVariables({ ...context.variables, ...env }),
  });
}

const runnerOf = ({ processes, secrets }: ActionContext): NodeProcessRunner =>
  new NodeProcessRunner({ onStart: processes.started, onEnd: processes.ended, redact: secrets.redact });

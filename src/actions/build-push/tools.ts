import type { Builder } from '../../interfaces/builder.ts';
import type { LayoutStore } from '../../interfaces/layout-store.ts';
import type { Log } from '../../interfaces/log.ts';
import type { Registry } from '../../interfaces/registry.ts';
import type { Scanner } from '../../interfaces/scanner.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { Buildx } from '../../tools/docker.ts';
import { NodeProcessRunner } from '../../tools/process.ts';
import { RegistryClient } from '../../tools/registry.ts';
import { Trivy } from '../../tools/trivy.ts';
import { Checkout } from './checkout.ts';
import type { BuildPushInputs } from './inputs.ts';
import { LayoutFiles } from './layout-files.ts';
import { type DockerConfig, dockerConfig } from './login.ts';

/** The collaborators of build-push, all of them with the same login. */
export interface BuildPushTools {
  docker: DockerConfig;
  builder: Builder;
  scanner: Scanner;
  registry: Registry;
  store: LayoutStore;
  checkout: Checkout;
  log: Log;
}

export async function createTools(context: ActionContext, inputs: BuildPushInputs): Promise<BuildPushTools> {
  const docker = dockerConfig(inputs.registry, inputs.login, context);
  const runner = runnerWith(context, docker.env);
  return {
    docker,
    builder: new Buildx({ runner }),
    scanner: new Trivy({ runner }),
    registry: new RegistryClient({ dockerConfig: docker.folder }),
    store: new LayoutFiles(context.temp),
    checkout: new Checkout(runner, context.env),
    log: context.log,
  };
}

/** Programs inherit the job's environment and the private docker configuration. */
export function runnerWith({ processes, secrets, variables }: ActionContext, env: Readonly<Record<string, string>>): NodeProcessRunner {
  return new NodeProcessRunner({
    onStart: processes.started,
    onEnd: processes.ended,
    redact: secrets.redact,
    env: { ...variables, ...env },
  });
}

import { answerToInput } from '../../build/docker-words.ts';
import { ConfigurationError } from '../../interfaces/errors.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { Inputs } from '../../runtime/inputs.ts';
import { type BuildPushInputs, readBuildPushInputs } from '../build-push/inputs.ts';
import { type DeployInputs, readDeployInputs } from '../deploy/inputs.ts';
import { readKnown } from '../shared/known-inputs.ts';

/** Inputs of the parts that have another name here, since both parts have one of that name. '' for what the part gets from the part before. */
const FOR_BUILD = {
  secrets: 'build-secrets',
  'secret-files': 'build-secret-files',
  'secret-envs': 'build-secret-envs',
  timeout: 'build-timeout',
};
/** What is signed after the push, in another job, cannot be demanded here. */
const FOR_DEPLOY = { images: '', verify: '', 'trusted-root': '' };

const SIGNED =
  'an image is signed after its push, in a job that runs nothing of yours: call .github/workflows/deploy-attested.yml, or use build-push and deploy in jobs of their own';
const ANSWERS: Readonly<Record<string, string>> = { verify: SIGNED, 'trusted-root': SIGNED };

export interface PipelineInputs {
  build: BuildPushInputs;
  deploy: DeployInputs;
}

/** The same context, whose inputs are read under the names that a part knows. */
function partOf(context: ActionContext, names: Readonly<Record<string, string>>): ActionContext {
  const variable = (name: string): string => `INPUT_${name.toUpperCase()}`;
  const renamed = Object.entries(names).map(([part, here]) => [variable(part), here === '' ? '' : context.variables[variable(here)]]);
  return { ...context, inputs: new Inputs({ ...context.variables, ...Object.fromEntries(renamed) }, context.secrets) };
}

export const buildPart = (context: ActionContext): ActionContext => partOf(context, FOR_BUILD);
export const deployPart = (context: ActionContext): ActionContext => partOf(context, FOR_DEPLOY);

/** Images are loaded where the app is deployed. Throws ConfigurationError. */
function loadFor({ load }: BuildPushInputs, { cluster, dryRun }: DeployInputs): BuildPushInputs['load'] {
  if (load === undefined) return undefined;
  if (cluster.digitalOcean !== undefined) {
    throw new ConfigurationError('Inputs "load" and "cluster" are both set: a cluster of DigitalOcean pulls from a registry', {
      hint: 'leave "load" out, or name the home cluster by "kubeconfig" and "context"',
    });
  }
  return { ...load, isDeployed: true, kubeconfig: { input: cluster.kubeconfig, context: cluster.context }, dryRun };
}

/** All inputs of all parts, before the first of them begins. */
export function readPipelineInputs(context: ActionContext): PipelineInputs {
  const [forBuild, forDeploy] = [buildPart(context), deployPart(context)];
  const names = (part: ActionContext, here: Readonly<Record<string, string>>): string[] =>
    part.inputs.read.map((name) => here[name] ?? name);
  const known = (): string[] => [...names(forBuild, FOR_BUILD), ...names(forDeploy, FOR_DEPLOY)];
  return readKnown(
    context,
    () => {
      const build = readBuildPushInputs(forBuild);
      const deploy = readDeployInputs(forDeploy);
      return { build: { ...build, push: build.push && !deploy.dryRun, load: loadFor(build, deploy) }, deploy };
    },
    { answer: (name) => ANSWERS[name] ?? (name === 'context' ? undefined : answerToInput(name)), known },
  );
}

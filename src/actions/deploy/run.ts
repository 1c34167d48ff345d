import { randomBytes } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import {
  type Collaborators,
  type DeployOptions,
  type DeployOutcome,
  deploy,
  type Evidence,
  StepFailure,
  type Who,
} from '../../deploy/index.ts';
import { CancelledError, ConfigurationError } from '../../interfaces/errors.ts';
import type { Helm } from '../../interfaces/helm.ts';
import { parseImage, repositoryOf } from '../../interfaces/image-reference.ts';
import type { Log } from '../../interfaces/log.ts';
import type { Registry } from '../../interfaces/registry.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { runChecks } from '../../smoke/index.ts';
import type { GitHubClient } from '../../tools/github/client.ts';
import { UndiciHttp } from '../../tools/http.ts';
import { RegistryClient } from '../../tools/registry/client.ts';
import { Checkout } from '../build-push/checkout.ts';
import { type ClusterInputs, type ClusterTools, connectCluster } from '../shared/cluster-access.ts';
import type { Docr } from '../shared/digitalocean.ts';
import { connectGitHub } from '../shared/github.ts';
import { ancestryOf } from './ancestry.ts';
import { setCommitStatus } from './commit-status.ts';
import type { DeployInputs } from './inputs.ts';
import { setOutputs } from './outputs.ts';
import { docrReader, pullSecretOf } from './pull-secrets.ts';
import { writeReport } from './report.ts';
import { writeSummary } from './summary.ts';

const ANNOTATION_LINES = 8;
const ANNOTATION_COLUMNS = 300;

/** State for the post step: who held the lease. */
export const HOLDER = 'deployHolder';

/** Connects, deploys, tells. Throws what makes the run red, after outputs and summary are written. */
export async function runDeploy(context: ActionContext, inputs: DeployInputs): Promise<DeployOutcome> {
  const who = whoRuns(context);
  context.state.save(HOLDER, who.holder);
  const tools = await connectCluster(context, inputs.cluster);
  try {
    const version = inputs.version || (await new Checkout(tools.runner, context.env).version());
    const github = connectGitHub(context, inputs.githubToken);
    const helm = await tools.helm().catch(async (error: unknown) => {
      await setCommitStatus(context, inputs, { status: 'failed', wanted: version }, github);
      throw error;
    });
    const outcome = await deploy(
      optionsOf(inputs, version, who),
      collaborators(context, { ...inputs, github }, tools, helm),
      context.signal,
    );
    setOutputs(context, outcome, await writeReport(context, inputs, outcome));
    writeSummary(context, inputs, outcome);
    await setCommitStatus(context, inputs, outcome, github);
    if (outcome.error) throw shown(outcome.error, outcome);
    context.log.info(sentence(inputs, outcome));
    return outcome;
  } finally {
    await tools.close();
  }
}

/** A mistake in the configuration and a cancelled run are shown as what they are. */
export const shown = (error: StepFailure, outcome: DeployOutcome): Error => withEvidence(original(error), outcome);

const original = (error: StepFailure): Error =>
  error.cause instanceof ConfigurationError || error.cause instanceof CancelledError ? error.cause : error;

/** Whoever reads only the annotation sees the last lines of each log, too. */
function withEvidence(error: Error, { report }: DeployOutcome): Error {
  const evidence = report.failure?.evidence ?? [];
  if (error instanceof StepFailure && evidence.length > 0) error.details = evidence.map(shortEvidence).join('\n');
  return error;
}

const shortEvidence = ({ title, text }: Evidence): string => {
  const lines = text.trimEnd().split('\n');
  return [`${title}:`, ...lines.slice(-ANNOTATION_LINES).map((line) => `  ${line.slice(0, ANNOTATION_COLUMNS)}`)].join('\n');
};

const sentence = ({ release }: DeployInputs, { status, version, activeColor, url }: DeployOutcome): string =>
  status === 'planned'
    ? 'Nothing was touched: see the plan in the summary'
    : `${release}: version ${version} serves as ${activeColor}${url ? ` at ${url}` : ''}`;

export function whoRuns({ env, state }: Pick<ActionContext, 'env' | 'state'>): Who {
  const random = randomBytes(4).toString('hex');
  const repository = env.isRepositoryKnown ? env.repository : env.localName;
  return {
    repository,
    runUrl: env.runUrl ?? '',
    actor: env.actor,
    holder: state.get(HOLDER) || `${repository}/${env.runId}/${env.runAttempt}/${env.job}/${random}`,
  };
}

function optionsOf(inputs: DeployInputs, version: string, who: Who): DeployOptions {
  return {
    release: inputs.release,
    chart: inputs.chart,
    values: { files: inputs.valueFiles, ...(inputs.values === undefined ? {} : { inline: inputs.values }) },
    images: inputs.images,
    secrets: inputs.secrets,
    shared: inputs.shared,
    stack: inputs.stack,
    imagePullSecrets: inputs.imagePullSecrets,
    smoke: inputs.smoke,
    ...(inputs.url === undefined ? {} : { url: inputs.url }),
    ...(inputs.versionHeader === undefined ? {} : { versionHeader: inputs.versionHeader }),
    version,
    allowOlder: inputs.allowOlder,
    timeoutMs: inputs.timeoutMs,
    bakeMs: inputs.bakeMs,
    drainMs: inputs.drainMs,
    keepOld: inputs.keepOld,
    dryRun: inputs.dryRun,
    who,
  };
}

/** Everything outside that a deploy or a rollback works with. */
export function collaborators(
  context: ActionContext,
  inputs: { github?: GitHubClient | undefined; cluster: ClusterInputs; docr?: readonly Docr[] },
  tools: ClusterTools,
  helm: Helm,
): Collaborators & { registry: Registry } {
  const { log, clock, env } = context;
  const http = new UndiciHttp();
  const registry: Registry = new RegistryClient({
    runner: tools.runner,
    env: context.variables,
    mask: context.mask,
    login: docrReader(context, inputs.cluster.digitalOceanToken),
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
    pullSecrets: (inputs.docr ?? []).map((docr) => pullSecretOf(context, docr)),
  };
}

/** The runner may have no access to a registry that the cluster pulls from: then nobody can say. */
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

/** What passes is said for debugging only. */
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

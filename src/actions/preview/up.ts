import { ConfigurationError } from '../../interfaces/errors.ts';
import { messageOf } from '../../interfaces/values.ts';
import { note } from '../../preview/isolate/index.ts';
import { type Home, homeOf } from '../../preview/model/index.ts';
import { warnOfExpiry } from '../../preview/told/index.ts';
import { bringUp, type UpOptions, type UpOutcome, type UpTools, whyOutdated } from '../../preview/up/index.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { fitted } from '../../split/index.ts';
import type { DeployInputs } from '../deploy/inputs.ts';
import { optionsOf } from '../deploy/run.ts';
import { Checkout } from '../shared/checkout.ts';
import { type ClusterTools, connectCluster } from '../shared/cluster-access.ts';
import { collaborators } from '../shared/collaborators.ts';
import { connectGitHub } from '../shared/github.ts';
import { HOLDER, whoRuns } from '../shared/who.ts';
import { askFor } from './decide.ts';
import { deployInputs, inputsFor, releaseOf } from './deploy-part.ts';
import { endUp, sayOutdated } from './end-up.ts';
import { requireBase } from './fork.ts';
import { readSeed } from './inputs/seed.ts';
import type { PreviewInputs } from './inputs.ts';
import type { Task } from './task.ts';
import { farewellOf } from './tell.ts';

/** Connects, brings the preview up, tells. Throws the error that fails the run, after all is told. */
export async function runUp(context: ActionContext, inputs: PreviewInputs, task: Task): Promise<void> {
  const outdated = whyOutdated(task.pullRequest.head, task.head);
  if (outdated) return sayOutdated(context, outdated);
  const who = whoRuns(context);
  context.state.save(HOLDER, who.holder);
  const app = releaseOf(context, inputs);
  const home = homeOf(task.pullRequest.key, app, inputs.shared);
  const { namespace, release } = home;
  const wanted = deployInputs(context, { namespace, release, version: task.head });
  context.setOutput('namespace', namespace);
  const tools = await connectCluster(context, wanted.cluster, inputs);
  try {
    if (task.pullRequest.isFork) await requireBase(context, inputs, task, { runner: tools.runner, wanted });
    else await requireHead(context, tools, task);
    const options = upOptions(context, inputs, task, { wanted, app, home, who });
    const farewell = farewellOf(context, task);
    const outcome = await acted(context, inputs, task, { tools, wanted, options, farewell: farewell.say });
    await warn(context, inputs, tools, task);
    await endUp(context, inputs, task, {
      outcome,
      options,
      wanted,
      note: (preview, notes) => note(tools.kubernetes, preview, () => notes),
      farewell,
    });
  } finally {
    await tools.close();
  }
}

/** A preview goes some time after its people were told. Whatever hinders that is no matter of this run's. */
async function warn(
  { clock, log, signal }: ActionContext,
  { shared }: PreviewInputs,
  { kubernetes }: ClusterTools,
  { pullRequest, pulls }: Task,
): Promise<void> {
  try {
    const told = await warnOfExpiry(pullRequest.key.repositoryId, clock.now(), { kubernetes, pulls, shared });
    for (const { key } of told) log.info(`The people of pull request ${key.number} are told that its preview is about to expire`);
  } catch (error) {
    signal.throwIfAborted();
    log.info(`Who is to be told that a preview expires could not be found out: ${messageOf(error)}`);
  }
}

interface Part {
  wanted: DeployInputs;
  /** What the release is called elsewhere. */
  app: string;
  home: Home;
  who: UpOptions['deploy']['who'];
}

function upOptions(
  context: ActionContext,
  inputs: PreviewInputs,
  { pullRequest, head }: Task,
  { wanted, app, home, who }: Part,
): UpOptions {
  const { key } = pullRequest;
  return {
    ...inputs,
    key,
    repository: context.env.repository,
    ...home,
    deploy: { ...optionsOf(wanted, head, who), env: context.variables },
    seed: readSeed(inputsFor(context, { ...home, version: head }).yaml('seed'), wanted.images),
    host: `${hostLabel(key.number, app)}.${inputs.domain}`,
  };
}

/** Room is left for a word before it: the chart's further hosts. */
const hostLabel = (number: number, release: string): string => fitted(`pr-${number}-${release}`, 40);

async function acted(
  context: ActionContext,
  inputs: PreviewInputs,
  task: Task,
  { tools, wanted, options, farewell }: { tools: ClusterTools; wanted: DeployInputs; options: UpOptions; farewell: UpTools['farewell'] },
): Promise<UpOutcome> {
  const { clock, log, signal } = context;
  const { kubernetes } = tools;
  const helm = await tools.helm();
  const github = connectGitHub(context, inputs.githubToken);
  const outside = collaborators(context, { ...wanted, github }, tools, helm);
  const { key } = task.pullRequest;
  const ask = askFor(task.pulls, key.number, key, inputs);
  return await bringUp(options, task, { ...outside, kubernetes, helm, clock, log, signal, who: options.deploy.who, ask, farewell });
}

/** What is built and deployed is the author's commit, and not what GitHub would make of it by merging. Throws ConfigurationError. */
async function requireHead({ env, log }: ActionContext, { runner }: ClusterTools, { head }: Task): Promise<void> {
  const checkout = await new Checkout(runner, env).head();
  if (checkout === undefined || checkout.revision === head) return;
  if (env.isActions) {
    throw new ConfigurationError(`The checkout is at ${checkout.revision}, and the pull request at ${head}`, {
      hint: `Set "ref: \${{ github.event.pull_request.head.sha }}" at actions/checkout.`,
    });
  }
  log.warning(`The checkout is at ${checkout.revision}, and the pull request at ${head}`);
}

import { backupNow } from '../../backup/index.ts';
import { type DeployOptions, type DeployOutcome, deploy, type TakeBackup, type Who } from '../../deploy/index.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { tellBackupAge } from '../shared/backup/age.ts';
import { haveBackupsFollow } from '../shared/backup/follow.ts';
import { scheduleName } from '../shared/backup/schedule.ts';
import { Checkout } from '../shared/checkout.ts';
import { connectCluster } from '../shared/cluster-access.ts';
import { collaborators } from '../shared/collaborators.ts';
import { shown } from '../shared/evidence.ts';
import { connectGitHub } from '../shared/github.ts';
import { setOutputs } from '../shared/outcome/outputs.ts';
import { writeReport } from '../shared/outcome/report.ts';
import { writeSummary } from '../shared/outcome/summary.ts';
import { HOLDER, whoRuns } from '../shared/who.ts';
import { setCommitStatus } from './commit-status.ts';
import type { DeployInputs } from './inputs.ts';
import { attestationsFor } from './provenance.ts';

/** Connects, deploys, reports. Throws the error that fails the run, after outputs and summary are written. */
export async function runDeploy(context: ActionContext, inputs: DeployInputs): Promise<DeployOutcome> {
  const who = whoRuns(context);
  context.state.save(HOLDER, who.holder);
  if (!inputs.lookups) {
    context.log.notice(
      `The chart is rendered without the cluster (lookup finds nothing): by the event ${context.env.eventName} it may be somebody else's, and the plan is shown to everyone`,
    );
  }
  const tools = await connectCluster(context, inputs.cluster, inputs);
  try {
    const version = inputs.version || (await new Checkout(tools.runner, context.env).version());
    const github = connectGitHub(context, inputs.githubToken);
    const helm = await tools.helm().catch(async (error: unknown) => {
      await setCommitStatus(context, inputs, { status: 'failed', wanted: version }, github);
      throw error;
    });
    const { registry, ...outside } = collaborators(context, { ...inputs, github }, tools, helm);
    const attestations = inputs.provenance && (await attestationsFor(context, registry, inputs.trustedRoot));
    const outcome = await deploy(
      { ...optionsOf(inputs, version, who), env: context.variables },
      { ...outside, attestations, takeBackup: backupTaker(context, inputs, tools.kubernetes) },
      context.signal,
    );
    setOutputs(context, outcome, await writeReport(context, inputs, outcome));
    writeSummary(context, inputs, outcome);
    await tellBackupAge(context, tools.kubernetes, inputs.release);
    if (!inputs.dryRun) await haveBackupsFollow(context, tools.kubernetes, inputs.release);
    await setCommitStatus(context, inputs, outcome, github);
    if (outcome.error) throw shown(outcome.error, outcome);
    context.log.info(sentence(inputs, outcome));
    return outcome;
  } finally {
    await tools.close();
  }
}

/** As the CronJob of the app's backups does it. */
const backupTaker =
  ({ clock, log }: ActionContext, { release }: DeployInputs, kubernetes: Kubernetes): TakeBackup =>
  async ({ optional, signal }) => {
    const report = await backupNow({ release, cronJob: scheduleName(release), optional }, { kubernetes, clock, log, signal });
    return report && { id: String(report.backup), snapshotAt: String(report.snapshotAt) };
  };

const sentence = ({ release }: DeployInputs, { status, version, activeColor, url }: DeployOutcome): string =>
  status === 'planned'
    ? 'Nothing was touched: see the plan in the summary'
    : `${release}: version ${version} serves ${activeColor ? `as ${activeColor}` : 'in place'}${url ? ` at ${url}` : ''}`;

/** What the inputs mean for a deploy. */
export function optionsOf(inputs: DeployInputs, version: string, who: Who): DeployOptions {
  return {
    release: inputs.release,
    chart: inputs.chart,
    values: { files: inputs.valueFiles, inline: inputs.values },
    images: inputs.images,
    secrets: inputs.secrets,
    shared: inputs.shared,
    stack: inputs.stack,
    strategy: inputs.strategy,
    imagePullSecrets: inputs.imagePullSecrets,
    smoke: inputs.smoke,
    url: inputs.url,
    versionHeader: inputs.versionHeader,
    version,
    allowOlder: inputs.allowOlder,
    backup: inputs.backup,
    adopt: inputs.adopt,
    timeoutMs: inputs.timeoutMs,
    bakeMs: inputs.bakeMs,
    drainMs: inputs.drainMs,
    keepOld: inputs.keepOld,
    dryRun: inputs.dryRun,
    lookups: inputs.lookups,
    provenance: inputs.provenance,
    who,
  };
}

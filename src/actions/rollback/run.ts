import { readProof } from '../../backup/index.ts';
import { type DeployOutcome, type ToPlainOptions, toPlain, type Who } from '../../deploy/index.ts';
import { type ListedVersion, listVersions, PLAIN, type RollbackOptions, rollback } from '../../deploy/rollback/index.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { Registry } from '../../interfaces/registry.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { haveBackupsFollow } from '../shared/backup/follow.ts';
import { connectCluster } from '../shared/cluster-access.ts';
import { collaborators } from '../shared/collaborators.ts';
import { shown } from '../shared/evidence.ts';
import { setOutputs } from '../shared/outcome/outputs.ts';
import { writeReport } from '../shared/outcome/report.ts';
import { writeSummary } from '../shared/outcome/summary.ts';
import { HOLDER, whoRuns } from '../shared/who.ts';
import type { RollbackInputs } from './inputs.ts';
import { reportVersions } from './versions.ts';

/** Connects, lists or rolls back, reports. Throws the error that fails the run, after outputs and summary are written. */
export async function runRollback(context: ActionContext, inputs: RollbackInputs): Promise<DeployOutcome | ListedVersion[]> {
  const tools = await connectCluster(context, inputs.cluster);
  // Helm itself is looked for when it is needed: a warm color needs it only when users are back.
  const { registry, ...outside } = collaborators(context, { cluster: inputs.cluster }, tools, tools.lazyHelm());
  try {
    if (inputs.list) return reportVersions(context, inputs, await listVersions({ ...outside, options: inputs }));
    const who = whoRuns(context);
    if (!inputs.dryRun) context.state.save(HOLDER, who.holder);
    const digestOf = tagFinder(registry, context.log);
    const outcome =
      inputs.toText === PLAIN
        ? await toPlain(plainOptions(inputs, who), outside, context.signal)
        : await rollback(
            optionsOf(inputs, who),
            { ...outside, digestOf, drilled: drilledBy(tools.kubernetes, inputs.release) },
            context.signal,
          );
    setOutputs(context, outcome, await writeReport(context, inputs, outcome, 'rollback'));
    context.setOutput('versions', '');
    writeSummary(context, inputs, outcome);
    if (!inputs.dryRun) await haveBackupsFollow(context, tools.kubernetes, inputs.release);
    if (outcome.error) throw shown(outcome.error, outcome);
    context.log.info(sentence(inputs, outcome));
    return outcome;
  } finally {
    await tools.close();
  }
}

function sentence({ release }: RollbackInputs, outcome: DeployOutcome): string {
  const { status, version, activeColor, inPlace, url, rollback: undone } = outcome;
  if (status === 'planned') return 'Nothing was touched: see the plan in the summary';
  const from = status === 'deployed' && undone?.from ? `, rolled back from ${undone.from}` : '';
  const as = activeColor ? `as ${activeColor}` : inPlace ? 'in place' : 'as plain Helm runs it';
  return `${release}: version ${version} serves ${as}${url ? ` at ${url}` : ''}${from}`;
}

function optionsOf(inputs: RollbackInputs, who: Who): RollbackOptions {
  const { cluster: _, list: __, reason, smoke, url, ...rest } = inputs;
  return {
    ...rest,
    who,
    reason,
    smoke,
    url,
  };
}

function plainOptions({ release, url, timeoutMs, bakeMs, drainMs, dryRun, smoke, reason }: RollbackInputs, who: Who): ToPlainOptions {
  return { release, url, timeoutMs, bakeMs, drainMs, dryRun, smoke, reason, who };
}

/** The cluster remembers the newest that a drill has restored. */
const drilledBy =
  (kubernetes: Kubernetes, release: string) =>
  async (backup: string): Promise<boolean> =>
    (await readProof(kubernetes, release))?.backup === backup;

/** A registry that cannot be asked has no tag for us. */
const tagFinder =
  (registry: Registry, log: ActionContext['log']): ((repository: string, tag: string) => Promise<string | undefined>) =>
  async (repository, tag) => {
    try {
      return (await registry.head(repository, tag))?.digest;
    } catch (error) {
      log.debug(`The registry could not be asked for ${repository}:${tag}: ${error instanceof Error ? error.message : error}`);
      return undefined;
    }
  };

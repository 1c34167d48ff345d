import { proofLine, readProof } from '../../backup/index.ts';
import { type AppStatus, type Recorded, readStatus } from '../../deploy/status/index.ts';
import { findingLines } from '../../doctor/index.ts';
import { DeployError } from '../../interfaces/errors.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import { REASONS } from '../../interfaces/reasons.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { readManifests } from '../../split/index.ts';
import { type CostEstimate, readCost } from '../../tools/digitalocean/cost.ts';
import { recordedManifest } from '../../tools/helm/recorded.ts';
import type { DoctorInputs } from '../doctor/inputs.ts';
import { examineApp, requireNoFailure, resultOf } from '../doctor/run.ts';
import { alarmed } from '../shared/alarm/alarmed.ts';
import { clusterTime, tellBackupAge } from '../shared/backup/age.ts';
import { type ClusterTools, connectCluster } from '../shared/cluster-access.ts';
import { digitalOceanApi } from '../shared/digitalocean.ts';
import type { StatusInputs } from './inputs.ts';
import { writeReport } from './report.ts';
import { driftLine, headline, writeFindings, writeSummary } from './summary.ts';

/** Reads and reports the state; fails only where the inputs ask for it, and tells whoever is to know. */
export const runStatus = (context: ActionContext, inputs: StatusInputs): Promise<AppStatus> =>
  alarmed(context, inputs.alarm, { what: 'status', release: inputs.release, namespace: inputs.cluster.namespace }, () =>
    look(context, inputs),
  );

async function look(context: ActionContext, inputs: StatusInputs): Promise<AppStatus> {
  const tools = await connectCluster(context, inputs.cluster);
  try {
    const [status, cost] = await Promise.all([
      readStatus(inputs.release, { kubernetes: tools.kubernetes, clock: context.clock, recorded: recordedBy(tools.kubernetes) }),
      costOf(context, inputs),
    ]);
    setOutputs(context, status, await writeReport(context, status, cost));
    writeSummary(context.summary, status, cost);
    tell(context, status);
    await tellBackupAge(context, tools.kubernetes, inputs.release);
    if (inputs.maxBackupAgeMs !== undefined) await requireBackup(context, inputs, tools.kubernetes, inputs.maxBackupAgeMs);
    if (inputs.doctor) await consult(context, inputs.doctor);
    requireGood(inputs, status);
    return status;
  } finally {
    await tools.close();
  }
}

/** Errors: `DeployError` (backup-old). Nothing that cannot be asked is taken for good. */
async function requireBackup(
  context: ActionContext,
  { release }: StatusInputs,
  kubernetes: ClusterTools['kubernetes'],
  maxMs: number,
): Promise<void> {
  const proof = await readProof(kubernetes, release);
  const now = await clusterTime(kubernetes, context);
  if (proof !== undefined && now - proof.snapshotAt <= maxMs) return;
  const what = proof === undefined ? `No drill of "${release}" has restored a backup` : proofLine(proof, now);
  throw new DeployError('backup-old', what, { hint: REASONS['backup-old'].todo });
}

const recordedBy =
  (kubernetes: Kubernetes) =>
  async (release: string): Promise<Recorded | undefined> => {
    const found = await recordedManifest(kubernetes, release);
    return found && { objects: readManifests(found.manifest).manifests.map(({ object }) => object) };
  };

/** What a deploy rests on. Errors: `DeployError` (unprepared), after everything was told. */
async function consult(context: ActionContext, inputs: DoctorInputs): Promise<void> {
  const findings = await examineApp(context, inputs);
  context.setOutput('doctor', resultOf(findings));
  for (const line of findingLines(findings)) context.log.info(line);
  writeFindings(context.summary, findings);
  requireNoFailure(inputs.release, findings);
}

/** An estimate of the cost is no reason to fail. */
async function costOf(context: ActionContext, { cluster }: StatusInputs): Promise<CostEstimate | undefined> {
  const { digitalOcean } = cluster;
  if (digitalOcean === undefined) return undefined;
  try {
    return await readCost(digitalOceanApi(context, digitalOcean.token), digitalOcean.cluster);
  } catch (error) {
    context.signal.throwIfAborted();
    const hint = error instanceof DeployError && error.hint ? ` ${error.hint}` : '';
    context.log.notice(`The cost was not estimated: ${error instanceof Error ? error.message : error}.${hint}`);
    return undefined;
  }
}

function setOutputs(context: ActionContext, status: AppStatus, reportFile: string): void {
  const { lease } = status;
  const set = (name: string, value: string | undefined) => context.setOutput(name, value ?? '');
  set('state', status.state);
  set('healthy', String(status.healthy));
  set('active-color', status.inPlace ? undefined : status.active);
  set('version', status.version);
  set('previous-version', status.previousVersion);
  set('url', status.url);
  set('drift', status.drift.map(driftLine).join('\n'));
  set('in-flight', status.inFlight?.version);
  set('holder', lease && !lease.expired ? lease.who : '');
  set('report-file', reportFile);
}

/** The summary has everything; the log has what matters. */
function tell({ log }: ActionContext, status: AppStatus): void {
  log.info(headline(status));
  for (const drift of status.drift) log.warning(driftLine(drift));
  for (const { workload, problem } of [...status.colors.flatMap((color) => color.workloads), ...status.shared]) {
    if (problem !== undefined) log.warning(`${workload}: ${problem}`);
  }
  for (const { name, problem } of status.services) if (problem !== undefined) log.warning(`Service/${name}: ${problem}`);
  if (status.healing !== undefined) {
    log.warning(`A killed run left the deploy of ${status.inFlight?.version} unfinished: the next run will ${status.healing}`);
  }
  for (const line of status.unseen) log.notice(line);
}

function requireGood({ release, failOnDrift, failOnUnhealthy }: StatusInputs, status: AppStatus): void {
  if (failOnDrift && status.drift.length > 0) {
    const [first, ...more] = status.drift.map(driftLine);
    throw new DeployError(
      'drifted',
      `"${release}" is not as it was deployed: ${first}${more.length > 0 ? ` (and ${more.length} more)` : ''}`,
      {
        hint: REASONS.drifted.todo,
      },
    );
  }
  if (failOnUnhealthy && !status.healthy) throw new DeployError('unhealthy', headline(status), { hint: REASONS.unhealthy.todo });
}

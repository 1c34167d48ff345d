import { type DeployOutcome, StepFailure } from '../../deploy/index.ts';
import { type Memory, type RecordedApp, reinstate } from '../../deploy/reinstate/index.ts';
import { DeployError } from '../../interfaces/errors.ts';
import type { Helm } from '../../interfaces/helm.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { ActionContext } from '../../runtime/action.ts';
import type { ClusterTools } from '../shared/cluster-access.ts';
import { collaborators } from '../shared/collaborators.ts';
import { shown } from '../shared/evidence.ts';
import { whoRuns } from '../shared/who.ts';
import type { RestoreInputs } from './inputs.ts';

interface Wanted {
  app: RecordedApp;
  memory?: Memory;
  /** In a drill's namespace. */
  closed?: boolean;
  data?: () => Promise<void>;
}

interface Place {
  kubernetes: Kubernetes;
  helm: Helm;
}

/** Of any wait for readiness. */
const LONGEST_MS = 600_000;

/** Brings the recorded app up, and checks it as it was checked when it was deployed. Throws the error that it failed with. */
export async function bringUp(
  context: ActionContext,
  inputs: RestoreInputs,
  tools: ClusterTools,
  place: Place,
  wanted: Wanted,
): Promise<DeployOutcome> {
  const { registry: _, ...outside } = collaborators(context, { cluster: inputs.cluster }, tools, place.helm);
  const options = {
    ...wanted,
    release: inputs.app.release,
    secrets: inputs.secrets,
    timeoutMs: Math.min(LONGEST_MS, inputs.timeoutMs),
    bakeMs: 0,
    drainMs: 0,
    keepOld: 'zero' as const,
    who: whoRuns(context),
    env: context.variables,
  };
  const outcome = await reinstate(options, { ...outside, kubernetes: place.kubernetes }, context.signal);
  if (outcome.error) throw shown(outcome.error, outcome);
  return outcome;
}

/** What failed, as the failure of a drill. */
export const asDrillFailure = (error: unknown, version: string): unknown => {
  if (!(error instanceof StepFailure)) return error;
  const message = `The data came back, but ${version} did not come up on it (${error.reason}): ${error.message}`;
  const failure = new DeployError('drill-failed', message, { hint: error.hint, cause: error });
  failure.details = error.details;
  return failure;
};

/** A line for people: `2 checks passed`. */
export function checksText({ report }: DeployOutcome): string {
  const passed = report.checks.filter(({ passed: did }) => did).length;
  const noted = report.steps.find(({ name }) => name === 'smoke')?.note;
  return noted ?? `${passed} checks passed`;
}

/** Seconds by step of a deploy. `within`: those of the base that the data took. */
export const secondsOfSteps = ({ report }: DeployOutcome, within = 0): Record<string, number> =>
  Object.fromEntries(
    report.steps
      .filter(({ result, endedAt }) => result !== 'skipped' && endedAt !== undefined)
      .map(({ name, title, startedAt, endedAt = startedAt }) => {
        const seconds = Math.round((endedAt - startedAt) / 1000);
        return [title, name === 'base' ? Math.max(0, seconds - within) : seconds];
      }),
  );

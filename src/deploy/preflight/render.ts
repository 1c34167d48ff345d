import { ProcessError } from '../../interfaces/errors.ts';
import type { HelmRender } from '../../interfaces/helm.ts';
import { REASONS } from '../../interfaces/reasons.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { lastError } from '../diagnosis/helm-errors.ts';
import type { DeployRun } from '../run/run.ts';

type Deps = Pick<DeployRun, 'helm' | 'options' | 'signal'>;

/** A render, and whether the cluster had no part in it. */
export interface Rendered extends HelmRender {
  /** Helm's words where the cluster does not know all kinds of the chart yet: `lookup` found nothing, capabilities were Helm's own. */
  apart?: string | undefined;
}

/**
 * The chart as Helm would install or upgrade it. Helm gives no render at all where the cluster does not know one of its kinds; then it is
 * rendered without the cluster, and what defines the kinds is looked for in the chart.
 */
export async function renderChart(run: Deps, install: boolean): Promise<Rendered> {
  try {
    return await render(run, install, run.options.lookups);
  } catch (error) {
    run.signal.throwIfAborted();
    // Of a server in trouble nothing about the chart is known.
    if (!(error instanceof ProcessError) || error.reason === 'service-failed') throw error;
    if (!isUnknownKind(error)) throw refusal(run, error);
    return { ...(await render(run, install, false).catch((again: unknown) => refuseAgain(run, again))), apart: lastError(error.stderr) };
  }
}

const isUnknownKind = ({ stderr }: ProcessError): boolean => /no matches for kind|ensure CRDs are installed first/.test(stderr);

const render = ({ helm, options, signal }: Deps, install: boolean, lookups: boolean | undefined): Promise<HelmRender> =>
  helm.render({
    release: options.release,
    chart: options.chart,
    values: options.values,
    // Install until a first deploy has succeeded, whatever a failed one left.
    install,
    lookups,
    signal,
    version: options.chartVersion || undefined,
  });

function refuseAgain(run: Deps, error: unknown): never {
  run.signal.throwIfAborted();
  throw error instanceof ProcessError ? refusal(run, error) : error;
}

function refusal({ options }: Deps, error: ProcessError): StepFailure {
  const forbidden = /(\S+ "[^"]*" is forbidden: .*)/.exec(error.stderr)?.[1];
  if (forbidden) {
    return new StepFailure('access-denied', `The account may not read objects of the chart: ${forbidden}`, {
      cause: error,
      hint: "Its Role needs get, create, patch and delete for each of the chart's kinds, in addition to the rules in role.yaml of this action.",
    });
  }
  return new StepFailure('chart-invalid', `The chart ${options.chart} does not render: ${lastError(error.stderr) || error.message}`, {
    cause: error,
    evidence: [{ title: 'Helm', text: error.stderr }],
    hint: REASONS['chart-invalid'].todo,
  });
}

import { ConfigurationError, HttpError, ProcessError } from '../../interfaces/errors.ts';
import type { HelmRender } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { type Color, type Finding, otherColor, type SplitResult } from '../../split/model.ts';
import { baseChanged, secretsChanged } from '../base/apply.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { helmFailure, lastLine } from '../diagnosis/helm-errors.ts';
import { activeOf, colorDeployments, liveStableServices } from '../kube/live.ts';
import { colorRelease } from '../kube/names.ts';
import type { DeployRun, Plan, Run } from '../run/run.ts';
import { leftOnPurpose } from '../state/journal.ts';
import { requireAccess } from './access.ts';
import { requireCapacity } from './capacity.ts';
import { requireQuota } from './quota.ts';
import { splitPlan } from './split-input.ts';
import { surroundingRefusals } from './surroundings.ts';

/** What a preflight needs of a run: it writes nothing. */
export type Preflight = Pick<
  DeployRun,
  'kubernetes' | 'helm' | 'log' | 'options' | 'journal' | 'signal' | 'report' | 'ancestry' | 'imageExists' | 'pullSecrets'
>;
/** The same, whatever the run brings. */
type Feasibility = Omit<Preflight, 'options'> & Pick<Run, 'options'>;

/** Reads what runs, renders and splits the chart. Errors: `ConfigurationError` with everything that cannot be. */
export async function makePlan(run: Preflight): Promise<Plan> {
  const { options, journal, kubernetes } = run;
  const services = await liveStableServices(kubernetes, options.release);
  const live = activeOf(services);
  if (live === 'mixed') {
    throw new StepFailure(
      'internal',
      `The Services of "${options.release}" select different colors: ${services.map((one) => `${one.name} → ${one.color}`).join(', ')}`,
    );
  }
  const active = live ?? journal.journal.active;
  const serving = journal.journal.history.find((entry) => entry.color === active);
  const firstDeploy = journal.journal.history.length === 0;
  const color: Color = active ? otherColor(active) : 'blue';
  if (!journal.exists) await refuseAdoption(run);
  const render = await renderChart(run);
  const split = splitPlan(options, kubernetes.namespace, render, color, firstDeploy);
  refuse([...split.refusals, ...(await surroundingRefusals(run, split)), ...checkRefusals(run, split)], options.chart);
  for (const warning of split.warnings) run.log.warning(findingText(warning));
  run.report.warnings.push(...split.warnings);
  return {
    values: render.config,
    split,
    splitFor: (painted, addresses) => splitPlan(options, kubernetes.namespace, render, painted, firstDeploy, addresses),
    base: baseChanged(serving, split) ? 'first' : 'same',
    color,
    active,
    serving,
    firstDeploy,
  };
}

async function renderChart(run: Preflight): Promise<HelmRender> {
  const { helm, options, signal } = run;
  try {
    return await helm.render({
      release: options.release,
      chart: options.chart,
      values: options.values,
      // Install until a first deploy has succeeded, whatever a failed one left.
      install: run.journal.journal.history.length === 0,
      signal,
      ...(options.chartVersion ? { version: options.chartVersion } : {}),
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ProcessError)) throw error;
    const forbidden = /(\S+ "[^"]*" is forbidden: .*)/.exec(error.stderr)?.[1];
    if (forbidden) {
      throw new StepFailure('access-denied', `The account may not read what the chart holds: ${forbidden}`, {
        cause: error,
        hint: "Its Role needs get, create, patch and delete for each of the chart's kinds, beside what role.yaml of this action holds.",
      });
    }
    throw new StepFailure('chart-invalid', `The chart ${options.chart} does not render: ${lastLine(error.stderr) || error.message}`, {
      cause: error,
      evidence: [{ title: 'Helm', text: error.stderr }],
      hint: 'Try it: helm template <release> <chart> --values …',
    });
  }
}

/** A release that plain Helm installed: its Services and Deployments would collide with ours. */
async function refuseAdoption({ helm, options }: Preflight): Promise<void> {
  const history = await helm.history(options.release);
  const running = history.find((release) => ['deployed', 'superseded', 'failed'].includes(release.status));
  if (!running) return;
  throw new ConfigurationError(
    `"${options.release}" runs already as a plain Helm release (revision ${running.revision}): taking it over is not supported yet`,
    {
      hint: `Use another release name, or remove it first: helm uninstall ${options.release}`,
    },
  );
}

function checkRefusals({ options }: Preflight, split: SplitResult): Finding[] {
  const url = options.url ?? split.url;
  return options.smoke
    .filter((check) => !check.service && !check.url && url === undefined)
    .map((check) => ({
      object: '',
      message: `The check "${check.name}" has only a path, and the app has no URL`,
      hint: 'Give the check a service or a url, or set the input "url".',
    }));
}

export const findingText = ({ object, message, hint }: Finding): string =>
  `${object ? `${object}: ` : ''}${message}${hint ? ` (${hint})` : ''}`;

/** All findings at once: nobody wants to fix a chart one error at a time. */
function refuse(findings: readonly Finding[], chart: string): void {
  if (findings.length === 0) return;
  const [first, ...more] = findings.map(findingText);
  if (more.length === 0) throw new ConfigurationError(`The chart ${chart} cannot be deployed blue-green: ${first}`);
  throw new ConfigurationError(
    `The chart ${chart} cannot be deployed blue-green, for ${findings.length} reasons:\n- ${[first, ...more].join('\n- ')}`,
  );
}

/** Whether this very version already serves, in full. */
export async function isUnchanged(run: Preflight, plan: Plan): Promise<boolean> {
  const { serving, split, active } = plan;
  if (!active || !serving || serving.partHash !== split.partHash || serving.baseHash !== split.baseHash) return false;
  const services = await liveStableServices(run.kubernetes, run.options.release);
  const all = split.services.every((service) => services.some((live) => live.name === service.name && live.color === active));
  if (!all || (await secretsChanged(run))) return false;
  const deployments = await colorDeployments(run.kubernetes, run.options.release, active);
  return split.workloads.every((workload) => {
    if (workload.kind !== 'Deployment' || workload.worker) return true;
    const status = deployments.get(workload.name)?.status;
    return (status?.availableReplicas ?? 0) >= (status?.replicas ?? 1);
  });
}

/**
 * Why this version is not deployed, in a sentence: it is older than the one that serves, one of the history that has been replaced since, or
 * just what was gone back from on purpose. undefined where it may be deployed.
 */
export async function whySuperseded(run: Preflight, { serving, split }: Plan): Promise<string | undefined> {
  const { version, allowOlder } = run.options;
  if (allowOlder || !serving || serving.version === version) return undefined;
  const { history } = run.journal.journal;
  const left = leftOnPurpose(history, { version, partHash: split.partHash });
  if (left)
    return `${version} was gone back from by ${left.actor || 'someone'} at ${left.at}${left.rollback?.reason ? ` (${left.rollback.reason})` : ''}; to deploy it all the same set allow-older`;
  const relation = await run.ancestry(version, serving.version);
  if (relation === 'older') return `${version} is older than ${serving.version}, which serves`;
  const replaced = relation === 'unknown' && history.some((entry) => entry.version === version);
  return replaced ? `${version} served before ${serving.version} and was replaced by it` : undefined;
}

/** Everything that can be known before anything is touched. Errors: `ConfigurationError`, `StepFailure`. */
export async function requireFeasible(run: Feasibility, plan: Plan): Promise<void> {
  const objects = [...plan.split.baseObjects, ...plan.split.colorObjects];
  // Rights first: without them the rest fails in ways that name no cause.
  await requireAccess(run, objects);
  await Promise.all([requireImages(run, plan), requireQuota(run, plan), requireCapacity(run, plan), requireValid(run, plan)]);
}

async function requireImages(run: Feasibility, plan: Plan): Promise<void> {
  const missing = await missingImages(run, plan);
  if (missing.length === 0) return;
  throw new StepFailure('image-not-found', `The registry does not have ${missing.join(', ')}`, {
    hint: plan.rollback
      ? 'It was removed from the registry: go back to another version (list: true shows them), or build that commit again.'
      : 'Was the image pushed, and is the input "registry" the same as for the build?',
  });
}

/** Images by digest that the registry says it does not have. */
export async function missingImages(run: Pick<Run, 'imageExists'>, plan: Plan): Promise<string[]> {
  const references = [...new Set(plan.split.images.map((entry) => entry.image).filter((image) => image.includes('@sha256:')))];
  const answers = await Promise.all(references.map(run.imageExists));
  return references.filter((_, index) => answers[index] === 'no');
}

/** Helm deletes what the last run left of a hook: for the dry run hooks are new objects, or their immutable fields would count. */
function withFreshHooks(part: SplitResult['base']): SplitResult['base'] {
  const templates = Object.entries(part.templates).map(([file, text]) => {
    const object = JSON.parse(text) as KubernetesObject;
    if (object.metadata.annotations?.['helm.sh/hook'] === undefined) return [file, text];
    return [file, JSON.stringify({ ...object, metadata: { ...object.metadata, name: `${object.metadata.name.slice(0, 56)}-check` } })];
  });
  return { ...part, templates: Object.fromEntries(templates) };
}

/** What the API server does not accept is the chart's mistake, unless it names a quota or a right. */
function refusedBy(error: unknown, what: string): unknown {
  if (!(error instanceof HttpError) || error.status < 400 || error.status >= 500) return error;
  const reason = /exceeded quota/i.test(error.message)
    ? 'quota-exceeded'
    : error.status === 403 && !/admission|PodSecurity|denied the request/i.test(error.message)
      ? 'access-denied'
      : /admission|PodSecurity|denied the request/i.test(error.message)
        ? 'admission-refused'
        : 'chart-invalid';
  return new StepFailure(reason, `The API server refuses ${what}: ${refusals(error.message)}`, {
    hint: error.hint,
    cause: error,
    evidence: [{ title: 'API server', text: error.message }],
  });
}

/** One line per object; what the server compares below it is evidence. */
const refusals = (text: string): string => {
  const lines = text.split('\n').filter((line) => /^[A-Z]\w+\/\S+: /.test(line));
  return lines.length > 0 ? lines.join('; ') : (text.split('\n')[0] ?? '');
};

/** The API server's own opinion, by a dry run of both parts. */
async function requireValid(run: Feasibility, plan: Plan): Promise<void> {
  const { helm, options, signal } = run;
  const apply = { values: plan.values, description: '', timeoutMs: options.timeoutMs, signal };
  const validate = async (release: string, part: SplitResult['base'], what: string) => {
    try {
      await helm.validate({ ...apply, release, part: withFreshHooks(part) });
    } catch (error) {
      signal.throwIfAborted();
      throw refusedBy(await helmFailure(error, what, [], run.kubernetes), what);
    }
  };
  await Promise.all([
    plan.base !== 'same' ? validate(options.release, plan.split.base, 'the base') : undefined,
    validate(colorRelease(options.release, plan.color), plan.split.color, `the color ${plan.color}`),
  ]);
}

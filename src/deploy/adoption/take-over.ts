import { ConfigurationError } from '../../interfaces/errors.ts';
import type { HelmRender } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { readManifests } from '../../split/index.ts';
import type { Finding, SplitResult } from '../../split/model.ts';
import { refOf } from '../kube/kinds.ts';
import { describe } from '../kube/names.ts';
import type { DeployRun } from '../run/run.ts';
import { asApplied, claimable, claimPart, claimRefusals } from './claim.ts';
import { type PlainRelease, planTakeover, refTo, type Takeover } from './plan.ts';
import { readLive } from './read.ts';

type Deps = Pick<DeployRun, 'kubernetes' | 'helm' | 'options' | 'log'>;

/** What a deploy is told of an app that runs without this product. */
export interface Found {
  plan: Takeover;
  /** Services that it pins (`Service/todo`). */
  pinned: ReadonlySet<string>;
  /** What keeps it from being taken over. */
  refusals: Finding[];
}

/** Errors: `ConfigurationError` where the user wants no takeover, or Helm is not at rest. */
export function requireRest({ options }: Pick<Deps, 'options'>, { status, revision }: PlainRelease): void {
  requireAdopt({ options }, `plain Helm runs revision ${revision} of it`);
  if (status === 'deployed') return;
  const pending = status.startsWith('pending') || status === 'uninstalling';
  const why = pending ? 'a run of helm is at work, or was killed' : 'what runs is not what Helm recorded as deployed';
  throw new ConfigurationError(`Revision ${revision} of the Helm release "${options.release}" is ${status}: ${why}`, {
    hint: pending
      ? `Wait for it; if nobody works on it: helm rollback ${options.release}`
      : `Repair it first (helm rollback ${options.release}, or helm upgrade), then deploy again.`,
  });
}

/** Errors: `ConfigurationError` where the user wants no takeover. */
function requireAdopt({ options }: Pick<Deps, 'options'>, how: string): void {
  if (options.adopt) return;
  throw new ConfigurationError(`"${options.release}" already runs: ${how}, and the input "adopt" is false`, {
    hint: 'Leave "adopt" out to have this deploy take it over under traffic, or use another release name.',
  });
}

/** The takeover of a plain Helm release. */
export async function takeOver(run: Deps, running: PlainRelease, split: SplitResult): Promise<Found> {
  const { namespace } = run.kubernetes;
  const live = await readLive(run, running, split);
  const { refusals, ...plan } = planTakeover(running, live, split, namespace);
  return { plan, pinned: new Set(plan.app.services.map(({ name }) => `Service/${name}`)), refusals };
}

/** The takeover of what kubectl made of this chart's objects; undefined where none of its workloads lives without Helm's marks. */
export async function takeOverUnmarked(run: Deps, render: HelmRender, split: SplitResult): Promise<Found | undefined> {
  const { helm, options, kubernetes } = run;
  const rendered = readManifests(render.manifest).manifests.map(({ object }) => object);
  const own = rendered.filter(({ metadata }) => (metadata.namespace ?? kubernetes.namespace) === kubernetes.namespace);
  const seen = await Promise.all(own.map((object) => kubernetes.get(refOf(object))));
  const live = seen.filter((object): object is KubernetesObject => object !== undefined);
  const claimed = claimable(live);
  if (claimed.length === 0) return undefined;
  requireAdopt(run, `${claimed.map(describe).slice(0, 5).join(', ')} and more of its chart are in the cluster without Helm's marks`);
  const objects = claimed.map(asApplied);
  const revision = ((await helm.history(options.release)).at(-1)?.revision ?? 0) + 1;
  const found = await takeOver(run, { revision, status: 'deployed', chart: split.base.chart.name, objects }, split);
  const app = { ...found.plan.app, version: 'what kubectl applied', claimed: claimed.map(refTo) };
  return {
    plan: { ...found.plan, app, claim: claimPart(split.base.chart, objects) },
    pinned: found.pinned,
    refusals: [...claimRefusals(live, options.release), ...found.refusals],
  };
}

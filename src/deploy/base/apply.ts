import { parseAllDocuments } from 'yaml';
import type { PartChart } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { FIELD_MANAGER, type ServicePort, type SplitResult } from '../../split/model.ts';
import { helmFailure } from '../diagnosis/helm-errors.ts';
import { equal } from '../kube/equal.ts';
import { ownLabels } from '../kube/live.ts';
import { JOB, SECRET, SERVICE } from '../kube/names.ts';
import type { AppContext, DeployRun, Plan, Run } from '../run/run.ts';
import type { Deployed } from '../state/journal.ts';
import { expandPart } from './expand.ts';
import { keepPullSecrets, pullSecretsKept } from './pull-secret.ts';

const HOOK = 'helm.sh/hook';

/** Whether anything of a deploy's base has to be applied. */
export const baseChanged = (serving: Deployed | undefined, split: SplitResult): boolean =>
  serving?.baseHash !== split.baseHash || split.hooks.some((hook) => hook.part === 'base');

/** The base's last revision that works: what a failed deploy goes back to. undefined before a first success. */
export async function baseRevision(run: Pick<Run, 'helm' | 'options'>): Promise<number | undefined> {
  const history = await run.helm.history(run.options.release);
  return history.filter((release) => release.status === 'deployed').at(-1)?.revision;
}

/** The base's part chart with its pre hooks. Errors: `StepFailure`. */
export async function expandBase(run: Run, plan: Plan): Promise<AppliedBase> {
  const { helm, kubernetes, options, log } = run;
  const recorded = await helm.recordedPart(options.release);
  await replaceFinishedJobs(run, plan, recorded?.part);
  const { part, deferred } = expandPart(plan.split.base, recorded?.part, plan.active ? await livePorts(run, plan) : new Map());
  for (const what of deferred) log.info(`Waits until the old version serves nobody: ${what}`);
  try {
    const applied = await helm.apply({ ...baseApply(run, plan), part });
    return { revision: applied.revision, deferred };
  } catch (error) {
    run.signal.throwIfAborted();
    const hooks = plan.split.hooks.filter((hook) => hook.part === 'base' && hook.event !== 'test');
    throw await helmFailure(error, 'the base', hooks, kubernetes);
  }
}

/** The base as it was applied. */
export interface AppliedBase {
  revision: number;
  /** In words, what is left for `contractBase`. */
  deferred: readonly string[];
}

const baseApply = ({ options, signal }: Run, plan: Plan) => ({
  release: options.release,
  part: plan.split.base,
  values: plan.values,
  description: `todo-deploy: what both colors share, of ${options.version}`,
  timeoutMs: options.timeoutMs,
  signal,
});

/** Applies what waited for the old color: removed objects go. Without hooks: they ran with the expansion. Answers the base's revision. */
export async function contractBase(run: Run, plan: Plan): Promise<number> {
  return (await run.helm.apply({ ...baseApply(run, plan), noHooks: true })).revision;
}

async function livePorts({ kubernetes }: Run, plan: Plan): Promise<Map<string, ServicePort[]>> {
  const live = await Promise.all(plan.split.services.map(({ name }) => kubernetes.get({ ...SERVICE, name })));
  return new Map(live.flatMap((service) => (service ? [[service.metadata.name, service.spec?.ports ?? []] as const] : [])));
}

/** Takes an expansion back: to the revision before, without hooks. Never on a first deploy. */
export async function takeBaseBack(run: Pick<AppContext, 'helm' | 'options' | 'log'>, revision: number | undefined): Promise<void> {
  if (revision === undefined) return;
  const { release, timeoutMs } = run.options;
  const latest = (await run.helm.history(release)).at(-1);
  if (latest === undefined || latest.revision === revision) return;
  run.log.info(`The base goes back to revision ${revision}`);
  await run.helm.rollback({ release, revision, timeoutMs, noHooks: true });
}

/** Applies the input `secrets` and the pull Secrets that are kept; values are seen by the API server only. */
export async function applySecrets(run: Pick<DeployRun, 'kubernetes' | 'options' | 'log' | 'pullSecrets'>): Promise<void> {
  await keepPullSecrets(run);
  for (const secret of secretObjects(run)) {
    await run.kubernetes.apply(secret, { fieldManager: FIELD_MANAGER, force: true });
    run.log.info(`Secret ${secret.metadata.name} applied (${Object.keys(secret.data).join(', ')})`);
  }
}

function secretObjects({ options, kubernetes }: Pick<DeployRun, 'options' | 'kubernetes'>): KubernetesObject[] {
  const names = [...new Set(options.secrets.map((secret) => secret.name))];
  return names.map((name) => ({
    ...SECRET,
    metadata: { name, namespace: kubernetes.namespace, labels: ownLabels(options.release) },
    data: Object.fromEntries(
      options.secrets.filter((secret) => secret.name === name).map(({ key, value }) => [key, Buffer.from(value).toString('base64')]),
    ),
  }));
}

/** Whether the input `secrets` differs from what is in the cluster, or a pull Secret is gone: then even an unchanged version needs new pods. */
export async function secretsChanged(run: Pick<DeployRun, 'kubernetes' | 'options' | 'pullSecrets'>): Promise<boolean> {
  if (!(await pullSecretsKept(run))) return true;
  const wanted = secretObjects(run);
  const live = await Promise.all(wanted.map((secret) => run.kubernetes.get({ ...SECRET, name: secret.metadata.name })));
  return wanted.some((secret, index) => Object.entries(secret.data).some(([key, value]) => live[index]?.data?.[key] !== value));
}

/** CRDs are created where they are missing and never changed, as `helm install` does. */
export async function createCrds({ helm, kubernetes, options, log }: DeployRun): Promise<void> {
  const text = await helm.crds(options.chart, options.chartVersion);
  const crds = parseAllDocuments(text, { version: '1.1' })
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object?.kind === 'CustomResourceDefinition');
  for (const crd of crds) {
    if (!crd || (await kubernetes.get({ apiVersion: crd.apiVersion, kind: crd.kind, name: crd.metadata.name }))) continue;
    await kubernetes.apply(crd, { fieldManager: FIELD_MANAGER });
    log.info(`CustomResourceDefinition ${crd.metadata.name} created`);
  }
}

/** A Job's template cannot be changed: one that has finished and differs is deleted, so that Helm creates it anew. */
async function replaceFinishedJobs({ kubernetes, log }: Run, plan: Plan, recorded: PartChart | undefined): Promise<void> {
  for (const job of changedJobs(plan.split.baseObjects, recorded)) {
    const live = await kubernetes.get({ ...JOB, name: job.metadata.name });
    const finished = live?.status?.conditions?.some(
      (entry: { type: string; status: string }) => ['Complete', 'Failed'].includes(entry.type) && entry.status === 'True',
    );
    if (!live || !finished) continue;
    await kubernetes.delete(
      { ...JOB, name: job.metadata.name },
      { propagation: 'Background', ...(live.metadata.uid ? { uid: live.metadata.uid } : {}) },
    );
    log.info(`Job ${job.metadata.name} has finished and changed: it is created anew`);
  }
}

/** Pure: Jobs of the base, hooks aside, that are not in its last part just so. How a part writes its JSON depends on its size. */
export function changedJobs(objects: readonly KubernetesObject[], recorded: PartChart | undefined): KubernetesObject[] {
  const jobs = objects.filter((object) => object.kind === 'Job' && !object.metadata.annotations?.[HOOK]);
  if (jobs.length === 0) return [];
  const before = Object.values(recorded?.templates ?? {}).map((content) => JSON.parse(content) as KubernetesObject);
  return jobs.filter((job) => !before.some((object) => equal(object, job)));
}

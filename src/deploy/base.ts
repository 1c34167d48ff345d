import { parseAllDocuments } from 'yaml';
import type { KubernetesObject } from '../interfaces/kubernetes.ts';
import type { Undo } from './back.ts';
import { helmFailure } from './helm-failure.ts';
import { ownLabels } from './live.ts';
import { FIELD_MANAGER } from './model.ts';
import { JOB, SECRET } from './names.ts';
import type { Plan, Run } from './run.ts';

const HOOK = 'helm.sh/hook';

/** Whether anything of the base has to be applied. */
export const baseChanged = (plan: Plan): boolean =>
  plan.serving?.baseHash !== plan.split.baseHash || plan.split.hooks.some((hook) => hook.part === 'base');

/** The base's last revision that works: what a failed deploy goes back to. undefined before a first success. */
export async function baseRevision(run: Pick<Run, 'helm' | 'options'>): Promise<number | undefined> {
  const history = await run.helm.history(run.options.release);
  return history.filter((release) => release.status === 'deployed').at(-1)?.revision;
}

/** CRDs, then the base's part chart with its pre hooks. Answers the base's revision. Errors: `StepFailure`. */
export async function expandBase(run: Run, plan: Plan): Promise<number> {
  const { helm, kubernetes, options } = run;
  await createCrds(run);
  await replaceFinishedJobs(run, plan);
  try {
    const applied = await helm.apply({
      release: options.release,
      part: plan.split.base,
      values: plan.render.config,
      description: `todo-deploy: what both colors share, of ${options.version}`,
      timeoutMs: options.timeoutMs,
      signal: run.signal,
    });
    return applied.revision;
  } catch (error) {
    run.signal.throwIfAborted();
    const hooks = plan.split.hooks.filter((hook) => hook.part === 'base').map((hook) => hook.object);
    throw await helmFailure(error, 'the base', hooks, kubernetes);
  }
}

/** Takes an expansion back: to the revision before, without hooks. Never on a first deploy. */
export async function takeBaseBack(run: Pick<Undo, 'helm' | 'options' | 'log'>, revision: number | undefined): Promise<void> {
  if (revision === undefined) return;
  const { release, timeoutMs } = run.options;
  const latest = (await run.helm.history(release)).at(-1);
  if (latest === undefined || latest.revision === revision) return;
  run.log.info(`The base goes back to revision ${revision}`);
  await run.helm.rollback({ release, revision, timeoutMs, noHooks: true });
}

/** Applies the input `secrets`; values are seen by the API server only. */
export async function applySecrets(run: Pick<Run, 'kubernetes' | 'options' | 'log'>): Promise<void> {
  for (const secret of secretObjects(run)) {
    await run.kubernetes.apply(secret, { fieldManager: FIELD_MANAGER, force: true });
    run.log.info(`Secret ${secret.metadata.name} applied (${Object.keys(secret.data).join(', ')})`);
  }
}

function secretObjects({ options, kubernetes }: Pick<Run, 'options' | 'kubernetes'>): KubernetesObject[] {
  const names = [...new Set(options.secrets.map((secret) => secret.name))];
  return names.map((name) => ({
    ...SECRET,
    metadata: { name, namespace: kubernetes.namespace, labels: ownLabels(options.release) },
    data: Object.fromEntries(
      options.secrets.filter((secret) => secret.name === name).map(({ key, value }) => [key, Buffer.from(value).toString('base64')]),
    ),
  }));
}

/** Whether the input `secrets` differs from what is in the cluster: then even an unchanged version needs new pods. */
export async function secretsChanged(run: Pick<Run, 'kubernetes' | 'options'>): Promise<boolean> {
  const wanted = secretObjects(run);
  const live = await Promise.all(wanted.map((secret) => run.kubernetes.get({ ...SECRET, name: secret.metadata.name })));
  return wanted.some((secret, index) => Object.entries(secret.data).some(([key, value]) => live[index]?.data?.[key] !== value));
}

/** CRDs are created where they are missing and never changed, as `helm install` does. */
async function createCrds({ helm, kubernetes, options, log }: Run): Promise<void> {
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
async function replaceFinishedJobs({ helm, kubernetes, options, log }: Run, plan: Plan): Promise<void> {
  const jobs = plan.split.baseObjects.filter((object) => object.kind === 'Job' && !object.metadata.annotations?.[HOOK]);
  if (jobs.length === 0) return;
  const recorded = await helm.recordedPart(options.release);
  const before = new Set(Object.values(recorded?.part.templates ?? {}).map((content) => content.trim()));
  for (const job of jobs) {
    const live = await kubernetes.get({ ...JOB, name: job.metadata.name });
    const finished = live?.status?.conditions?.some(
      (entry: { type: string; status: string }) => ['Complete', 'Failed'].includes(entry.type) && entry.status === 'True',
    );
    if (!live || !finished || before.has(JSON.stringify(job, null, 2))) continue;
    await kubernetes.delete(
      { ...JOB, name: job.metadata.name },
      { propagation: 'Background', ...(live.metadata.uid ? { uid: live.metadata.uid } : {}) },
    );
    log.info(`Job ${job.metadata.name} has finished and changed: it is created anew`);
  }
}

import { StepFailure } from '../../deploy/index.ts';
import { JOB, POD } from '../../deploy/kube/names.ts';
import { watchUntil } from '../../deploy/kube/watch.ts';
import { HttpError } from '../../interfaces/errors.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Own } from '../../interfaces/own.ts';
import { FIELD_MANAGER } from '../../split/model.ts';
import type { GoneTools } from '../gone/index.ts';

/** What fills a new preview with data, once, after its first deploy. */
export interface Seed {
  image: string;
  /** The image's own where it is left out. */
  command?: readonly string[] | undefined;
  /** Variables by name. */
  env: Readonly<Record<string, string>>;
  /** Secrets and ConfigMaps of the preview whose keys become variables. */
  envFrom: readonly string[];
}

const NAME = 'todo-deploy-preview-seed';
const LOG_LINES = 20;
/** A pod that has just come may be cut off for a moment: networks learn of it, and of what it may reach, a little later. */
const RETRIES = 3;

/** Pure: the Job that runs it, as a pod that Pod Security `restricted` takes. */
export function seedJob(
  seed: Seed,
  namespace: string,
  { imagePullSecrets, priorityClass, own }: { imagePullSecrets: readonly string[]; priorityClass: string | undefined; own: Own },
): KubernetesObject {
  const { image, command, env, envFrom } = seed;
  const container = {
    name: 'seed',
    image,
    ...(command && { command }),
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
    envFrom: envFrom.map((name) => ({ secretRef: { name } })),
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  };
  return {
    ...JOB,
    metadata: { name: own.name(NAME), namespace, labels: { ...own.labels } },
    spec: {
      backoffLimit: RETRIES,
      template: {
        metadata: { labels: { ...own.labels } },
        spec: {
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          ...(priorityClass && { priorityClassName: priorityClass }),
          securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
          imagePullSecrets: imagePullSecrets.map((name) => ({ name })),
          containers: [container],
        },
      },
    },
  } as KubernetesObject;
}

/** Runs it to its end. One that failed is made anew. Errors: `StepFailure` with its last lines; `TimeoutError`. */
export async function runSeed(job: KubernetesObject, tools: GoneTools, limitMs: number): Promise<void> {
  const { kubernetes, log } = tools;
  const { name } = job.metadata;
  const before = await kubernetes.get({ ...JOB, name });
  if (before) await kubernetes.delete({ ...JOB, name }, { uid: before.metadata.uid, propagation: 'Background' });
  const { metadata } = await kubernetes.apply(job, { fieldManager: FIELD_MANAGER, force: true });
  log.info('The preview is filled with data');
  const ended = await watchUntil<'Complete' | 'Failed'>({
    ...tools,
    watch: [{ kind: JOB }],
    limitMs,
    waitingFor: 'the end of "seed"',
    judge: (view) => {
      const conditions = view.get(JOB, name)?.metadata.uid === metadata.uid ? (view.get(JOB, name)?.status?.conditions ?? []) : [];
      return (['Complete', 'Failed'] as const).find((type) => conditions.some((one) => one.type === type && one.status === 'True'));
    },
  });
  if (ended === 'Complete') return;
  throw new StepFailure('hook-failed', 'What "seed" names failed: the preview has no data', {
    evidence: [{ title: 'seed', text: await lastLines(tools, name) }],
  });
}

async function lastLines({ kubernetes }: GoneTools, job: string): Promise<string> {
  try {
    const { items } = await kubernetes.list(POD, { labelSelector: `job-name=${job}` });
    const name = items.at(-1)?.metadata.name;
    return name === undefined ? 'It had no pod' : await kubernetes.logs({ name }, { container: 'seed', tailLines: LOG_LINES });
  } catch (error) {
    if (error instanceof HttpError) return error.message;
    throw error;
  }
}

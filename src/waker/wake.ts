import { SERVICE } from '../deploy/kube/names.ts';
import { watchUntil } from '../deploy/kube/watch.ts';
import type { Clock } from '../interfaces/clock.ts';
import { HttpError } from '../interfaces/errors.ts';
import type { Kubernetes } from '../interfaces/kubernetes.ts';
import type { Log } from '../interfaces/log.ts';
import type { Service, Workload } from '../interfaces/objects.ts';
import { tryJsonObject } from '../interfaces/reading/json.ts';
import { FIELD_MANAGER } from '../split/model.ts';
import { DEPLOYMENT, isAsleep, SELECTOR_NOTE, WOKEN_NOTE } from './marks.ts';
import { awakeReplicas, awakeSelector } from './plan.ts';

export interface WakeTools {
  kubernetes: Kubernetes;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}

export interface Sleeper {
  /** Names of its Services and of its workloads. */
  services: readonly string[];
  deployments: readonly string[];
}

/** A preview that takes longer is tried again by the next visit. */
const LIMIT_MS = 300_000;
const TRIES = 8;

/**
 * Wakes an app: the visit is noted, so that nobody stops again what is about to start; its workloads get their replicas back; once they are
 * ready, its Services lead to it again. What somebody else has changed meanwhile stays as it is. Returns whether anything was asleep. Errors:
 * `TimeoutError`, `HttpError`.
 */
export async function wake(sleeper: Sleeper, tools: WakeTools): Promise<boolean> {
  await Promise.all(sleeper.services.map((name) => noteVisit(name, tools)));
  const raised = await Promise.all(sleeper.deployments.map((name) => raise(name, tools)));
  await allReady(sleeper.deployments, tools);
  const moved = await Promise.all(sleeper.services.map((name) => leadBack(name, tools)));
  return [...raised, ...moved].some(Boolean);
}

async function noteVisit(name: string, { kubernetes, clock }: WakeTools): Promise<void> {
  const live = await kubernetes.get({ ...SERVICE, name });
  if (live && isAsleep(live.spec?.selector)) await kubernetes.patch({ ...SERVICE, name }, noted({ [WOKEN_NOTE]: timeOf(clock) }), MERGE);
}

const MERGE = { type: 'merge' } as const;
const noted = (annotations: Readonly<Record<string, string | null>>) => ({ metadata: { annotations } });
const timeOf = (clock: Clock): string => new Date(clock.now()).toISOString();

async function raise(name: string, { kubernetes, log }: WakeTools): Promise<boolean> {
  const live = await kubernetes.get({ ...DEPLOYMENT, name });
  const replicas = live && awakeReplicas(live);
  if (replicas === undefined) return false;
  await kubernetes.patch(
    { ...DEPLOYMENT, name },
    { spec: { replicas } },
    { type: 'merge', subresource: 'scale', fieldManager: FIELD_MANAGER },
  );
  log.info(`${DEPLOYMENT.kind}/${name} is scaled to ${replicas}`);
  return true;
}

/** Each by a watch on its own name: the waker may look at nothing else. */
async function allReady(names: readonly string[], { kubernetes, clock, signal }: WakeTools): Promise<void> {
  await Promise.all(
    names.map((name) =>
      watchUntil({
        kubernetes,
        clock,
        signal,
        watch: [{ kind: DEPLOYMENT, options: { fieldSelector: `metadata.name=${name}` } }],
        limitMs: LIMIT_MS,
        waitingFor: `${DEPLOYMENT.kind}/${name} to be ready`,
        judge: (view) => {
          const live = view.get(DEPLOYMENT, name);
          return live && isReady(live) ? true : undefined;
        },
      }),
    ),
  );
}

function isReady({ metadata, spec, status }: Workload): boolean {
  const observed = (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  return observed && (spec?.replicas ?? 1) > 0 && (status?.readyReplicas ?? 0) >= 1;
}

/** One conditional write, as any of the product's to a selector; then the note goes. */
async function leadBack(name: string, { kubernetes, clock, log }: WakeTools): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    const live = await kubernetes.get({ ...SERVICE, name });
    const selector = live && awakeSelector(live, tryJsonObject);
    if (!live || selector === undefined) return false;
    try {
      await kubernetes.apply(selecting(live, selector), { fieldManager: FIELD_MANAGER, force: true });
      await kubernetes.patch({ ...SERVICE, name }, noted({ [SELECTOR_NOTE]: null, [WOKEN_NOTE]: timeOf(clock) }), MERGE);
      log.info(`Service/${name} leads to the app again`);
      return true;
    } catch (error) {
      if (!(error instanceof HttpError) || error.status !== 409 || tries >= TRIES) throw error;
    }
  }
}

/** Server-side apply of the selector alone, if the Service is still as it was seen. */
export const selecting = ({ metadata }: Service, selector: Record<string, string>): Service => ({
  ...SERVICE,
  kind: 'Service',
  metadata: {
    name: metadata.name,
    ...(metadata.namespace && { namespace: metadata.namespace }),
    resourceVersion: metadata.resourceVersion,
  },
  spec: { selector },
});

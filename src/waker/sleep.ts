import { colorWorkloads, stableServices } from '../deploy/kube/live.ts';
import { SERVICE } from '../deploy/kube/names.ts';
import { watchUntil } from '../deploy/kube/watch.ts';
import { HttpError } from '../interfaces/errors.ts';
import type { ObjectRef } from '../interfaces/kubernetes.ts';
import type { Service, Workload } from '../interfaces/objects.ts';
import { ALONE, type Own } from '../interfaces/own.ts';
import { type Color, FIELD_MANAGER } from '../split/model.ts';
import { DEPLOYMENT, leadsToWaker, REPLICAS_NOTE, SELECTOR_NOTE, WAKER, wakerSelector } from './marks.ts';
import { type WakerSettings, wakerObjects } from './objects.ts';
import { wakerPorts } from './plan.ts';
import { selecting, type WakeTools } from './wake.ts';

export interface FallAsleep {
  release: string;
  /** The color that serves. */
  color: Color;
  image: string;
  imagePullSecrets?: readonly string[] | undefined;
  /** What of the namespace is the app's; left out: all of it. */
  own?: Own | undefined;
}

const READY_MS = 60_000;
const TRIES = 8;
/** Until kube-proxies and front doors have followed: nobody is sent to pods that go. */
const FOLLOWED_MS = 5_000;

/**
 * Puts an app to sleep, under its lease: the waker is there and ready first, then the Services lead to it, then the workloads go to zero. Each
 * step notes what it takes away, so that a run that is killed in between leaves an app that a visit wakes, and the next one goes on with it.
 * Returns why it cannot sleep; undefined where it does. Errors: `TimeoutError`, `HttpError`.
 */
export async function fallAsleep(
  { release, color, image, imagePullSecrets, own }: FallAsleep,
  tools: WakeTools,
): Promise<string | undefined> {
  const { kubernetes, clock, log, signal } = tools;
  const { items } = await kubernetes.list(SERVICE);
  const stable = stableServices(items, release);
  const led = items.filter(({ spec }) => leadsToWaker(spec?.selector, release));
  const workloads = [...(await colorWorkloads(kubernetes, release, color)).values()];
  const reason = whyNot([...stable, ...led.map(({ metadata: { name } }) => ({ name, color }))], workloads, color);
  if (reason !== undefined) return reason;
  const found = items.filter((service) => led.includes(service) || stable.some(({ name }) => name === service.metadata.name));
  const deployments = workloads.map(({ metadata }) => metadata.name);
  const names = found.map(({ metadata }) => metadata.name);
  const settings = {
    release,
    namespace: kubernetes.namespace,
    own,
    image,
    imagePullSecrets,
    ports: wakerPorts(found),
    services: names,
    deployments,
  };
  await wakerReady(settings, tools);
  for (const service of found) if (!led.includes(service)) await lead(service, release, tools);
  await clock.sleep(FOLLOWED_MS, signal);
  for (const workload of workloads) await stop(workload, tools);
  log.info(`${release} is asleep in namespace ${kubernetes.namespace}: the first visit wakes it`);
  return undefined;
}

/** Pure. */
function whyNot(
  services: readonly { name: string; color: Color | undefined }[],
  workloads: readonly Workload[],
  color: Color,
): string | undefined {
  if (services.length === 0) return 'no Service leads to it: nothing could wake it';
  const other = services.find((service) => service.color !== color);
  if (other) return `Service/${other.name} leads to another color`;
  const running = workloads.filter(({ spec }) => spec?.replicas !== 0);
  if (running.length === 0) return 'nothing of it runs';
  const strange = workloads.find(({ kind }) => kind !== DEPLOYMENT.kind);
  return strange && `${strange.kind}/${strange.metadata.name} is not what the waker may scale, a ${DEPLOYMENT.kind}`;
}

async function wakerReady(settings: WakerSettings, { kubernetes, clock, signal }: WakeTools): Promise<void> {
  const name = (settings.own ?? ALONE).name(WAKER);
  let generation = 0;
  for (const object of wakerObjects(settings)) {
    const { kind, metadata } = await kubernetes.apply(object, { fieldManager: FIELD_MANAGER, force: true });
    if (kind === DEPLOYMENT.kind) generation = metadata.generation ?? 0;
  }
  await watchUntil({
    kubernetes,
    clock,
    signal,
    watch: [{ kind: DEPLOYMENT, options: { fieldSelector: `metadata.name=${name}` } }],
    limitMs: READY_MS,
    waitingFor: `the waker to be ready (image ${settings.image})`,
    judge: (view) => (isThere(view.get(DEPLOYMENT, name), generation) ? true : undefined),
  });
}

/** Pure: this very waker is ready, and one of an earlier sleep is gone: that one would wake what served then. */
function isThere(waker: Workload | undefined, generation: number): boolean {
  const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, readyReplicas = 0 } = waker?.status ?? {};
  return observedGeneration >= generation && updatedReplicas >= 1 && replicas === updatedReplicas && readyReplicas >= 1;
}

async function lead({ metadata, spec }: Service, release: string, { kubernetes }: WakeTools): Promise<void> {
  const { name, resourceVersion } = metadata;
  const annotations = { [SELECTOR_NOTE]: JSON.stringify(spec?.selector ?? {}) };
  const noted = await kubernetes.patch({ ...SERVICE, name }, { metadata: { resourceVersion, annotations } }, { type: 'merge' });
  await kubernetes.apply(selecting(noted, wakerSelector(release)), { fieldManager: FIELD_MANAGER, force: true });
}

/** The count and its note in one write. A workload's status changes all the time: then it is read again. */
async function stop({ apiVersion, kind, metadata: { name } }: Workload, { kubernetes, log }: WakeTools): Promise<void> {
  const ref: ObjectRef<Workload> = { apiVersion, kind, name };
  for (let tries = 1; ; tries += 1) {
    const live = await kubernetes.get(ref);
    const replicas = live?.spec?.replicas ?? 1;
    if (live === undefined || replicas === 0) return;
    const metadata = { resourceVersion: live.metadata.resourceVersion, annotations: { [REPLICAS_NOTE]: String(replicas) } };
    try {
      await kubernetes.patch(ref, { metadata, spec: { replicas: 0 } }, { type: 'merge', fieldManager: FIELD_MANAGER });
      return log.info(`${kind}/${name} is scaled to zero`);
    } catch (error) {
      if (!(error instanceof HttpError) || error.status !== 409 || tries >= TRIES) throw error;
    }
  }
}

import { POD, SERVICE } from '../../../src/deploy/kube/names.ts';
import type { Phase } from '../../../src/deploy/state/timeline.ts';
import type { Pod } from '../../../src/interfaces/objects.ts';
import type { Color } from '../../../src/split/model.ts';
import { COLOR_LABEL } from '../../../src/split/model.ts';
import { type App, type Ended, RELEASE } from './app.ts';

const LIMIT_MS = 30_000;

/** Polls until `look` finds something. */
export async function until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  for (const limit = Date.now() + LIMIT_MS; Date.now() < limit; await new Promise((resolve) => setTimeout(resolve, 20))) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`There was no ${what} within ${LIMIT_MS / 1000} s`);
}

/** A run, and what a hand or an accident does as soon as it has recorded this phase. */
export async function meanwhile(app: App, run: () => Promise<Ended>, phase: Phase, act: () => Promise<unknown>): Promise<Ended> {
  let met = false;
  const seen = (): Promise<unknown> => {
    met = true;
    return act();
  };
  const ended = await app.interrupted({ phase, act: seen }, run);
  if (!met) throw new Error(`The run was never in phase ${phase}`);
  return ended;
}

/** A run, and what happens beside it once somebody sees it in this phase, which has to last: the run may have looked around by then. */
export async function beside(app: App, running: Promise<Ended>, phase: Phase, act: () => Promise<unknown>): Promise<Ended> {
  const acting = (async () => {
    await until(`phase ${phase}`, async () => (await app.journal()).inFlight?.phase === phase);
    await act();
  })();
  const [ended] = await Promise.all([running, acting]);
  return ended;
}

/** `kubectl patch service`: sets or, by null, takes away labels of a selector. */
export const setSelector = (app: App, labels: Record<string, string | null>, name = `${RELEASE}-web`): Promise<unknown> =>
  app.kubernetes.patch({ ...SERVICE, name }, { spec: { selector: labels } }, { type: 'merge', fieldManager: 'kubectl-patch' });

export const podsOf = async (app: App, color: Color, component = 'web'): Promise<Pod[]> =>
  (await app.kubernetes.list(POD, { labelSelector: `${COLOR_LABEL}=${color},app.kubernetes.io/component=${component}` })).items;

/** What a kubelet writes of a pod. */
export const setStatus = (app: App, pod: Pod, status: object): Promise<unknown> =>
  app.kubernetes.patch({ ...POD, name: pod.metadata.name }, { status }, { type: 'merge', subresource: 'status' });

/** An event about a pod. */
export const tell = (app: App, { metadata }: Pod, reason: string, message: string): Promise<unknown> =>
  app.kubernetes.create({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${metadata.name}.${Math.random().toString(36).slice(2)}`, namespace: app.namespace },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', name: metadata.name, namespace: app.namespace, uid: metadata.uid },
    type: 'Warning',
    reason,
    message,
    count: 1,
    lastTimestamp: new Date().toISOString(),
  });

import { PERSISTENT_VOLUME_CLAIM, SERVICE } from '../../deploy/kube/names.ts';
import { watchUntil } from '../../deploy/kube/watch.ts';
import { remove } from '../../deploy/remove/index.ts';
import { LeaseLostError, TimeoutError } from '../../interfaces/errors.ts';
import type { KindRef, KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Service } from '../../interfaces/objects.ts';
import { messageOf } from '../../interfaces/values.ts';
import type { GoneTools } from './tools.ts';

/**
 * The app is removed by what removes any app: while its operators live, and with what it has outside of the namespace. What cannot be removed
 * that way goes with the namespace. Returns what is to be said of it: objects outside may be left.
 */
export async function uninstallApp(tools: GoneTools, release: string | undefined, limitMs: number): Promise<string[]> {
  const { log, signal, who } = tools;
  if (release === undefined) return ['objects of the chart outside of the namespace: its release is not noted at the namespace'];
  try {
    await remove({ release, claims: true, secrets: true, timeoutMs: limitMs, dryRun: false, who }, tools);
    return [];
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof LeaseLostError) throw error;
    log.warning(`The app could not be removed by itself; it goes with its namespace: ${messageOf(error)}`);
    return [`objects of the chart outside of the namespace: the app could not be removed by itself (${messageOf(error)})`];
  }
}

/** Load balancers first, while the cloud's controller sees why; their end is waited for. Then what claims are left. */
export async function freeResources(tools: GoneTools, limitMs: number): Promise<void> {
  const { items } = await tools.kubernetes.list(SERVICE);
  const balancers = items.filter(isBalancer);
  await deleteAll(tools, SERVICE, balancers);
  if (balancers.length > 0) await awaitBalancers(tools, limitMs);
  await deleteAll(tools, PERSISTENT_VOLUME_CLAIM, (await tools.kubernetes.list(PERSISTENT_VOLUME_CLAIM)).items);
}

const isBalancer = ({ spec }: Service): boolean => spec?.type === 'LoadBalancer';

async function awaitBalancers(tools: GoneTools, limitMs: number): Promise<void> {
  let seen = 0;
  try {
    await watchUntil({
      ...tools,
      watch: [{ kind: SERVICE }],
      limitMs,
      waitingFor: 'the load balancers to be given back',
      judge: (view) => {
        seen += 1;
        // The list comes after the first look.
        return seen > 1 && !view.all(SERVICE).some(isBalancer) ? true : undefined;
      },
    });
  } catch (error) {
    // Its namespace says the same, with the finalizer that holds it.
    if (!(error instanceof TimeoutError)) throw error;
    tools.log.warning(error.message);
  }
}

async function deleteAll({ kubernetes, signal, log }: GoneTools, kind: KindRef, objects: readonly KubernetesObject[]): Promise<void> {
  for (const { metadata } of objects) {
    signal.throwIfAborted();
    if (metadata.deletionTimestamp) continue;
    await kubernetes.delete({ ...kind, name: metadata.name }, { uid: metadata.uid, propagation: 'Background' });
    log.info(`${kind.kind}/${metadata.name} is deleted`);
  }
}

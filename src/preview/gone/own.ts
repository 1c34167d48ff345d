import { JOB, PERSISTENT_VOLUME_CLAIM, POD, SECRET, SERVICE } from '../../deploy/kube/names.ts';
import { watchUntil } from '../../deploy/kube/watch.ts';
import { HttpError, TimeoutError } from '../../interfaces/errors.ts';
import type { KindRef, KubernetesObject } from '../../interfaces/kubernetes.ts';
import { ownSelector } from '../../interfaces/own.ts';
import { ownOf, type Preview } from '../model/index.ts';
import { deleteByUid } from './delete-by-uid.ts';
import type { GoneTools } from './tools.ts';

const of = (apiVersion: string, ...kinds: string[]): KindRef[] => kinds.map((kind) => ({ apiVersion, kind }));

/** Where the cluster has it. */
const MIDDLEWARE: KindRef = { apiVersion: 'traefik.io/v1alpha1', kind: 'Middleware' };

/**
 * What this product makes for a preview, and what of a chart may outlive its release: hooks, claims, pods that end slowly. Policies go when no pod
 * is left that they close.
 */
export const STAGES: readonly (readonly KindRef[])[] = [
  [
    ...of('apps/v1', 'Deployment', 'StatefulSet'),
    JOB,
    SERVICE,
    ...of('networking.k8s.io/v1', 'Ingress'),
    ...of('rbac.authorization.k8s.io/v1', 'RoleBinding', 'Role'),
    ...of('v1', 'ServiceAccount', 'ConfigMap'),
    SECRET,
    POD,
    PERSISTENT_VOLUME_CLAIM,
    MIDDLEWARE,
  ],
  of('networking.k8s.io/v1', 'NetworkPolicy'),
];
type Stage = (typeof STAGES)[number];

interface Seen {
  objects: KubernetesObject[];
  /** Kinds that this account may not list. */
  unseen: string[];
}

/** Claims that bear the preview's mark, a line each. */
export async function claimsOf(tools: GoneTools, preview: Preview): Promise<string[]> {
  const { objects } = await look(tools, preview, [PERSISTENT_VOLUME_CLAIM]);
  return objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
}

/** Deletes what bears the preview's mark, each by its UID. */
export async function deleteOwn(tools: GoneTools, preview: Preview, stage: Stage): Promise<void> {
  const { kubernetes, signal, log } = tools;
  const { objects } = await look(tools, preview, stage);
  for (const { apiVersion, kind, metadata } of objects) {
    signal.throwIfAborted();
    // Pods of a controller go with it.
    if (metadata.deletionTimestamp || (kind === POD.kind && metadata.ownerReferences?.length)) continue;
    await deleteByUid(kubernetes, { apiVersion, kind, name: metadata.name }, metadata.uid);
    log.info(`${kind}/${metadata.name} is deleted`);
  }
}

/** Waits until nothing bears the preview's mark, and looks again. */
export async function awaitGone(tools: GoneTools, preview: Preview, stage: Stage, limitMs: number): Promise<Seen> {
  const { clock } = tools;
  const until = clock.elapsed() + limitMs;
  for (;;) {
    const seen = await look(tools, preview, stage);
    const [first] = seen.objects;
    if (first === undefined || clock.elapsed() >= until) return seen;
    await watched(tools, preview, first, until - clock.elapsed());
  }
}

async function look({ kubernetes }: GoneTools, preview: Preview, stage: Stage): Promise<Seen> {
  const labelSelector = ownSelector(ownOf(preview));
  // Without its mark it would be all of the namespace.
  if (labelSelector === undefined) throw new Error(`${preview.namespace} is not shared`);
  const seen: Seen = { objects: [], unseen: [] };
  for (const kind of stage) {
    if (kind === MIDDLEWARE && (await kubernetes.resource(kind)) === undefined) continue;
    try {
      seen.objects.push(...(await kubernetes.list(kind, { labelSelector, metadataOnly: true })).items);
    } catch (error) {
      if (!(error instanceof HttpError) || error.status !== 403) throw error;
      seen.unseen.push(kind.kind);
    }
  }
  return seen;
}

async function watched(tools: GoneTools, preview: Preview, { apiVersion, kind }: KubernetesObject, limitMs: number): Promise<void> {
  let looks = 0;
  try {
    await watchUntil({
      ...tools,
      watch: [{ kind: { apiVersion, kind }, options: { labelSelector: ownSelector(ownOf(preview)) } }],
      limitMs,
      waitingFor: `what is left of ${preview.release} to be gone`,
      judge: (view) => {
        looks += 1;
        // Before the first list has come there is nothing in the view.
        return looks > 2 && view.all({ apiVersion, kind }).length === 0 ? true : undefined;
      },
    });
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
  }
}

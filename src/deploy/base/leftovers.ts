import { HttpError } from '../../interfaces/errors.ts';
import type { PartChart } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { keyOf } from '../../split/kinds/objects.ts';
import { unpack } from '../../split/part/pack.ts';
import { isHook } from '../../split/read/hooks.ts';
import { refOf } from '../kube/kinds.ts';
import { RELEASE_NAME } from '../kube/live.ts';
import { describe, SECRET } from '../kube/names.ts';
import type { AppContext } from '../run/run.ts';
import { ownPart } from './recorded.ts';

type Deps = Pick<AppContext, 'kubernetes' | 'helm' | 'log'>;

/**
 * A release holds `part` now. What Helm made for it in a change that did not end, and what such a change should have removed, goes: Helm
 * compares with one revision before, the last that worked, and does not know of it.
 */
export async function removeLeftovers(run: Deps, release: string, part: PartChart): Promise<void> {
  const { items } = await run.kubernetes.list(SECRET, { labelSelector: `owner=helm,name=${release}`, metadataOnly: true });
  const revisions = items
    .map(({ metadata: { labels } }) => ({ revision: Number(labels?.version), status: labels?.status }))
    .sort((a, b) => a.revision - b.revision);
  const doubtful = revisions.filter(({ status }, index) => status === 'failed' || revisions[index + 1]?.status === 'failed');
  const parts = await Promise.all(doubtful.map(async ({ revision }) => ownPart(await run.helm.recordedPart(release, revision))?.part));
  await removeBeside(
    run,
    release,
    part,
    parts.filter((one) => one !== undefined),
  );
}

/** Removes what these parts have and `part` does not, where it is there, and Helm made it for this release. */
export async function removeBeside(run: Deps, release: string, part: PartChart, others: readonly PartChart[]): Promise<void> {
  const { kubernetes, log } = run;
  const objectsOf = (one: PartChart) => unpack(one).map(({ object }) => [keyOf(object, kubernetes.namespace), object] as const);
  const wanted = new Map(objectsOf(part));
  const left = new Map(others.flatMap(objectsOf).filter(([key, object]) => !isHook(object) && !wanted.has(key)));
  for (const object of left.values()) {
    try {
      if (await removeOwn(run, release, object)) log.info(`${describe(object)}, which a change that did not end has left, is removed`);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      log.warning(`${describe(object)}, which a change that did not end has left, could not be removed: ${error.message}`);
    }
  }
}

async function removeOwn({ kubernetes }: Deps, release: string, object: KubernetesObject): Promise<boolean> {
  const ref = { ...refOf(object), namespace: object.metadata.namespace };
  const live = await kubernetes.get(ref);
  if (!live || !isOf(live, release, kubernetes.namespace) || live.metadata.deletionTimestamp) return false;
  await kubernetes.delete(ref, { propagation: 'Background', uid: live.metadata.uid });
  return true;
}

/** Pure: by Helm's marks of what it made for a release; what is to be kept, Helm does not remove either. */
export const isOf = ({ metadata: { annotations } }: KubernetesObject, release: string, namespace: string): boolean =>
  annotations?.[RELEASE_NAME] === release &&
  annotations['meta.helm.sh/release-namespace'] === namespace &&
  annotations['helm.sh/resource-policy'] !== 'keep';

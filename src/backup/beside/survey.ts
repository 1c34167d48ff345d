import { PERSISTENT_VOLUME_CLAIM } from '../../deploy/kube/names.ts';
import type { KindRef, Kubernetes } from '../../interfaces/kubernetes.ts';
import type { PersistentVolume } from '../../interfaces/objects.ts';
import { claimsOf } from './claims.ts';
import { type HeldSnapshot, heldSnapshots } from './held.ts';
import { type Owner, SNAPSHOT_CLASS, VOLUME_SNAPSHOT } from './marks.ts';
import { planSnapshots, type SnapshotPlan } from './plan.ts';

/** What there is to snapshot, and what of ours there is already. */
export interface Survey extends SnapshotPlan {
  held: HeldSnapshot[];
}

const VOLUME: KindRef<PersistentVolume> = { apiVersion: 'v1', kind: 'PersistentVolume' };
const WORKLOADS = ['Deployment', 'StatefulSet'].map((kind) => ({ apiVersion: 'apps/v1', kind }));
/** Whether the API server knows volume snapshots at all. */
export const knowsSnapshots = async (kubernetes: Kubernetes): Promise<boolean> =>
  (await kubernetes.resource(VOLUME_SNAPSHOT)) !== undefined && (await kubernetes.resource(SNAPSHOT_CLASS)) !== undefined;

/** Reads, with these rights; writes nothing. */
export async function survey(kubernetes: Kubernetes, owner: Owner): Promise<Survey> {
  const [claims, classes, ...workloads] = await Promise.all([
    kubernetes.list(PERSISTENT_VOLUME_CLAIM),
    kubernetes.list(SNAPSHOT_CLASS),
    ...WORKLOADS.map((kind) => kubernetes.list(kind)),
  ]);
  const own = claimsOf(
    owner.release,
    claims.items,
    workloads.flatMap(({ items }) => items),
  );
  const names = [...new Set(own.flatMap(({ spec }) => spec?.volumeName || []))];
  const volumes = new Map(await Promise.all(names.map(async (name) => [name, await kubernetes.get({ ...VOLUME, name })] as const)));
  return { ...planSnapshots(own, volumes, classes.items), held: await heldSnapshots(kubernetes, owner) };
}

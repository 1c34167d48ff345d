import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../interfaces/objects.ts';
import { fieldAt } from '../../interfaces/values.ts';

/** A claim whose volume will be snapshotted. */
export interface PlannedSnapshot {
  claim: PersistentVolumeClaim;
  class: string;
  driver: string;
}

export interface SnapshotPlan {
  planned: PlannedSnapshot[];
  /** Claims that no class serves, and why. */
  without: { claim: string; why: string }[];
}

const DEFAULT = 'snapshot.storage.kubernetes.io/is-default-class';

/** Pure: for each claim the class of its volume's driver. `volumes` by name; undefined: it is not there. */
export function planSnapshots(
  claims: readonly PersistentVolumeClaim[],
  volumes: ReadonlyMap<string, PersistentVolume | undefined>,
  classes: readonly KubernetesObject[],
): SnapshotPlan {
  const plan: SnapshotPlan = { planned: [], without: [] };
  for (const claim of claims) {
    const found = classFor(claim, volumes.get(claim.spec?.volumeName ?? ''), classes);
    if (typeof found === 'string') plan.without.push({ claim: claim.metadata.name, why: found });
    else plan.planned.push({ claim, ...found });
  }
  return plan;
}

/** Or why there is none. */
function classFor(
  { spec }: PersistentVolumeClaim,
  volume: PersistentVolume | undefined,
  classes: readonly KubernetesObject[],
): { class: string; driver: string } | string {
  if (!spec?.volumeName) return 'it has no volume yet';
  if (volume === undefined) return `its volume ${spec.volumeName} is not there`;
  const driver = volume.spec?.csi?.driver;
  if (driver === undefined) return 'its volume is of no CSI driver';
  const all = classes.filter((one) => fieldAt(one, 'driver') === driver);
  if (all.length === 0) return `no VolumeSnapshotClass is of its driver ${driver}`;
  const marked = all.filter(({ metadata }) => metadata.annotations?.[DEFAULT] === 'true');
  const [chosen, ...others] = marked.length > 0 ? marked : all;
  if (chosen && others.length === 0) return { class: chosen.metadata.name, driver };
  const names = all
    .map(({ metadata }) => metadata.name)
    .sort()
    .join(', ');
  return `of the VolumeSnapshotClasses of its driver ${driver} (${names}) ${marked.length === 0 ? 'none' : 'more than one'} is the default`;
}

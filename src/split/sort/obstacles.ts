import type { PersistentVolumeClaimSpec, PodSpec } from 'kubernetes-types/core/v1.d.ts';
import { repositoryOf } from '../../interfaces/image-reference.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { serviceSpec, specOf } from '../kinds/fields.ts';
import { kindOf, titleOf } from '../kinds/objects.ts';
import { containersOf, isLongRunning, podTemplateOf } from '../kinds/pods.ts';
import { isScaled } from '../kinds/rows.ts';
import { type Finding, PART_ANNOTATION, type SplitInput } from '../model.ts';

/** Why a workload cannot have two colors, and what would let it. */
export interface Obstacle {
  workload: KubernetesObject;
  /** What to say where it is refused; `object` may be a Service. */
  finding: Finding;
  /** It may have two colors if its chart says so. */
  byLooks?: true;
  /** One pod has what the next one needs: that one cannot start before the first has ended. */
  exclusive?: true;
}

/** Pure: what keeps these workloads of a color from having two; `common` is what both have. */
export function obstacles(
  own: readonly KubernetesObject[],
  common: readonly KubernetesObject[],
  input: Pick<SplitInput, 'namespace' | 'claimsOfOneNode'>,
): Obstacle[] {
  const claims = new Set([
    ...common.filter((object) => kindOf(object) === '/PersistentVolumeClaim' && isOfOneNode(object)).map(({ metadata }) => metadata.name),
    ...(input.claimsOfOneNode ?? []),
  ]);
  return own.flatMap((workload) => {
    const spec = podTemplateOf(workload)?.spec;
    const of = (message: string, hint: string): Obstacle => ({ workload, finding: { object: titleOf(workload), message, hint } });
    const found: Obstacle[] = [];
    const { namespace } = workload.metadata;
    if (namespace !== undefined && namespace !== input.namespace) {
      found.push(of(`is in the namespace ${namespace}, the app is deployed into ${input.namespace}`, 'Leave metadata.namespace out.'));
    }
    if (spec === undefined) return found;
    const ports = isLongRunning(workload) ? nodePorts(spec) : [];
    if (ports.length > 0) {
      const message = `takes the node's ports ${ports.join(', ')}: two colors cannot have them on one node`;
      found.push({ ...of(message, 'Use a Service in their place.'), exclusive: true });
    }
    for (const claim of claimsOf(spec).filter((name) => claims.has(name))) {
      const message = `mounts the claim ${claim}, which only one node may use at a time: the new color would wait for the old one's volume`;
      found.push({ ...of(message, 'Use a claim that many nodes may use (ReadWriteMany), or object storage.'), exclusive: true });
    }
    const store = isScaled(workload) ? storeIn(spec) : undefined;
    if (store !== undefined) {
      const hint = `If it is none, annotate it with ${PART_ANNOTATION}: color.`;
      found.push({ ...of(`looks like a store (${store}): each color would have its own data`, hint), byLooks: true });
    }
    return found;
  });
}

/** Pure: why no switch can move a Service that leads to these pods of a color, and to these shared ones; the pods' workloads then have one color. */
export function serviceObstacles(
  service: KubernetesObject,
  own: readonly KubernetesObject[],
  shared: readonly KubernetesObject[],
): Obstacle[] {
  const spec = serviceSpec(service);
  const asRendered = `Where both versions' pods may answer (metrics, peers), annotate it with ${PART_ANNOTATION}: base.`;
  const messages: [boolean, string, string][] = [
    [
      shared.length > 0,
      `selects both pods of a version (${own.map(titleOf).join(', ')}) and shared ones (${shared.map(titleOf).join(', ')})`,
      'Give its selector one label more, so that it selects only one of them.',
    ],
    [spec.clusterIP === 'None', 'is headless: clients hold pod addresses, which no switch can move', `Give it a ClusterIP. ${asRendered}`],
    [
      spec.publishNotReadyAddresses === true,
      'publishes addresses that are not ready: users would reach pods before they are proved',
      `Remove publishNotReadyAddresses. ${asRendered}`,
    ],
  ];
  return messages
    .filter(([applies]) => applies)
    .flatMap(([, message, hint]) => own.map((workload) => ({ workload, finding: { object: titleOf(service), message, hint } })));
}

/** Ports of the node itself that the pods take. */
const nodePorts = (spec: PodSpec): number[] =>
  containersOf(spec)
    .flatMap((container) => container.ports ?? [])
    .filter((port) => port.hostPort !== undefined || spec.hostNetwork === true)
    .map((port) => port.hostPort ?? port.containerPort);

export function claimsOf(spec: PodSpec | undefined): string[] {
  return (spec?.volumes ?? []).flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []);
}

/** True where the claim's volume is mounted on one node at a time. */
export function isOfOneNode(claim: KubernetesObject): boolean {
  const modes = specOf<PersistentVolumeClaimSpec>(claim).accessModes ?? [];
  return !modes.includes('ReadWriteMany') && !modes.includes('ReadOnlyMany');
}

const STORES =
  /(?:^|\/)(?:postgres(?:ql)?|postgis|timescaledb|mysql|mariadb|mongo(?:db)?|redis|valkey|rabbitmq|memcached|elasticsearch|opensearch|minio|clickhouse(?:-server)?|kafka|etcd|cassandra|influxdb)$/;

/** The image of a store, where the pod's main container runs one; beside another main container it is that one's own. */
function storeIn(spec: PodSpec): string | undefined {
  const image = spec.containers?.[0]?.image;
  return image !== undefined && STORES.test(repositoryOf(image)) ? image : undefined;
}

/** What is said of a workload that is updated in place, once, whatever the number of reasons. */
export function inPlaceFinding({ workload, finding }: Obstacle): Finding {
  const object = titleOf(workload);
  return finding.object === object
    ? finding
    : { ...finding, object, message: `${finding.object}, which leads to its pods, ${finding.message}` };
}

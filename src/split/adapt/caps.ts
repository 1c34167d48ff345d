import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1.d.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { isMap } from '../../interfaces/values.ts';
import { serviceSpec } from '../kinds/fields.ts';
import { kindOf } from '../kinds/objects.ts';
import { valueAt } from '../kinds/paths.ts';
import { isLongRunning } from '../kinds/pods.ts';
import { quantity } from '../kinds/quantity.ts';
import { rowOf } from '../kinds/rows.ts';
import type { PreviewRules } from '../model.ts';

/** Brings an object down to what a preview may use, in place. Returns what was changed, a line each. */
export const cap = (object: KubernetesObject, rules: PreviewRules, share: number): string[] => [
  ...capReplicas(object, rules),
  ...capStorage(object, share),
  ...closeService(object),
];

function capReplicas(object: KubernetesObject, { replicas }: PreviewRules): string[] {
  const fewest = rowOf(object)?.fewest;
  const paths = fewest ? [fewest.path, fewest.most] : isLongRunning(object) ? ['spec.replicas'] : [];
  return paths.flatMap((path) => {
    const field = path.split('.').at(-1) ?? '';
    const parent = valueAt(object, path.split('.').slice(0, -1).join('.'));
    const wanted = isMap(parent) ? parent[field] : undefined;
    if (!isMap(parent) || typeof wanted !== 'number' || wanted <= replicas) return [];
    parent[field] = replicas;
    return [`${field} ${wanted} → ${replicas}`];
  });
}

const CLAIM = '/PersistentVolumeClaim';
type Claim = Pick<PersistentVolumeClaim, 'metadata' | 'spec'>;

/** Pure: the claims that an object makes: itself, or by its templates, one for each replica. */
function claimsOf(object: KubernetesObject): Claim[] {
  const templates = valueAt(object, 'spec.volumeClaimTemplates');
  if (kindOf(object) === CLAIM) return [object as Claim];
  return Array.isArray(templates) ? (templates as Claim[]) : [];
}

/** Pure: bytes as a quantity, rounded down to a mebibyte. */
const bytesText = (bytes: number): string => `${Math.max(1, Math.floor(bytes / 2 ** 20))}Mi`;

const wantedBytes = ({ spec }: Claim): number => quantity(spec?.resources?.requests?.storage);

/** Pure: bytes that each claim may have at most, if they ask for too much together; infinite where they do not. */
export function storageShare(objects: readonly KubernetesObject[], { storage, replicas }: PreviewRules): number {
  const claims = objects.flatMap((object) => {
    const wanted = valueAt(object, 'spec.replicas');
    const count = kindOf(object) === CLAIM ? 1 : Math.min(replicas, typeof wanted === 'number' ? wanted : 1);
    return Array.from({ length: count }, () => claimsOf(object).map(wantedBytes)).flat();
  });
  const all = claims.reduce((sum, one) => sum + one, 0);
  return all <= storage ? Number.POSITIVE_INFINITY : Math.floor(storage / claims.length);
}

function capStorage(object: KubernetesObject, share: number): string[] {
  return claimsOf(object).flatMap((claim) => {
    const wanted = wantedBytes(claim);
    const requests = claim.spec?.resources?.requests;
    if (wanted <= share || !requests) return [];
    const text = bytesText(share);
    const before = requests.storage;
    requests.storage = text;
    return [`storage ${before} → ${text}`];
  });
}

const OF_BALANCERS = [
  'allocateLoadBalancerNodePorts',
  'externalIPs',
  'externalTrafficPolicy',
  'healthCheckNodePort',
  'loadBalancerClass',
  'loadBalancerIP',
  'loadBalancerSourceRanges',
];

/** Users come in by a host, not by an address or a port of the nodes. */
function closeService(object: KubernetesObject): string[] {
  if (kindOf(object) !== '/Service') return [];
  const spec = serviceSpec(object) as Record<string, unknown>;
  const { type } = spec;
  for (const field of OF_BALANCERS) delete spec[field];
  if (type !== 'LoadBalancer' && type !== 'NodePort') return [];
  spec.type = 'ClusterIP';
  for (const port of Array.isArray(spec.ports) ? spec.ports : []) if (isMap(port)) delete port.nodePort;
  return [`type ${type} → ClusterIP`];
}

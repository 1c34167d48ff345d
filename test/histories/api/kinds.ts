import type { KindRef } from '../../../src/interfaces/kubernetes.ts';
import { kindOf } from '../../../src/split/kinds/objects.ts';
import { KINDS } from '../../../src/split/kinds/rows.ts';

interface Known {
  plural: string;
  namespaced: boolean;
  /** Changes of its spec are counted. */
  counted: boolean;
}

const OPERATORS = /keda|autoscaling\.k8s\.io/;
const COUNTED = ['apps/Deployment', 'apps/ReplicaSet', 'apps/StatefulSet', 'batch/Job', 'batch/CronJob', 'policy/PodDisruptionBudget'];
const MORE: Readonly<Record<string, [plural: string, namespaced: boolean]>> = {
  '/Namespace': ['namespaces', false],
  '/Node': ['nodes', false],
  '/Event': ['events', true],
  '/ResourceQuota': ['resourcequotas', true],
  'coordination.k8s.io/Lease': ['leases', true],
  'discovery.k8s.io/EndpointSlice': ['endpointslices', true],
  'networking.k8s.io/Ingress': ['ingresses', true],
};

const known = (key: string, plural: string, namespaced: boolean): [string, Known] => [
  key,
  { plural, namespaced, counted: COUNTED.includes(key) },
];

const KNOWN: ReadonlyMap<string, Known> = new Map([
  ...KINDS.filter(({ group }) => !OPERATORS.test(group)).map(({ key, plural }) => known(key, plural, true)),
  ...Object.entries(MORE).map(([key, [plural, namespaced]]) => known(key, plural, namespaced)),
]);

/** What this API knows of a kind; operators' kinds are not installed. */
export const knownKind = (kind: KindRef): Known | undefined => KNOWN.get(kindOf(kind));

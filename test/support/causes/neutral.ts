import type { KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import { isMap } from '../../../src/interfaces/values.ts';

/** What says nothing to a diagnosis. */
const LEFT_OUT = new Set([
  'managedFields',
  'resourceVersion',
  'selfLink',
  'kubectl.kubernetes.io/last-applied-configuration',
  'containerID',
  'imageID',
  'tolerations',
  'reportingComponent',
  'reportingInstance',
  'source',
  'action',
  'allocatedResources',
  'allocatedResourcesStatus',
  'user',
  'hostIP',
  'hostIPs',
  'dnsPolicy',
  'schedulerName',
  'terminationMessagePath',
  'terminationMessagePolicy',
  'preemptionPolicy',
  'lastProbeTime',
]);

/** Pure: an object as a recording holds it: small, and without what only this machine has. */
export function neutral(object: KubernetesObject, names: Readonly<Record<string, string>>): KubernetesObject {
  return strip(object, names) as KubernetesObject;
}

function strip(value: unknown, names: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return Object.entries(names).reduce((text, [from, to]) => text.replaceAll(from, to), value);
  if (Array.isArray(value)) return value.filter((one) => !isToken(one)).map((one) => strip(one, names));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, one]) => (LEFT_OUT.has(key) ? [] : [[key, strip(one, names)]])));
}

/** The token that every pod gets. */
const isToken = (one: unknown): boolean => isMap(one) && typeof one.name === 'string' && one.name.startsWith('kube-api-access-');

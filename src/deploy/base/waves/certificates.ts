import type { KubernetesObject } from '../../../interfaces/kubernetes.ts';
import { isMap } from '../../../interfaces/values.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Pure: the object, trusting the other version's certificates as well (`caBundle`): of the webhook of the same name, or its own. */
export function joinCertificates(object: KubernetesObject, other: KubernetesObject): KubernetesObject {
  return joined(object, other) as KubernetesObject;
}

function joined(value: unknown, other: unknown): unknown {
  if (Array.isArray(value)) {
    const named = (name: unknown) => (Array.isArray(other) ? other.find((one) => isMap(one) && one.name === name) : undefined);
    return value.map((item) => (isMap(item) && item.name !== undefined ? joined(item, named(item.name)) : item));
  }
  if (!isMap(value) || !isMap(other)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === 'caBundle' ? bundle(inner, other[key]) : joined(inner, other[key])]),
  );
}

/** Both bundles, each certificate once. */
function bundle(one: unknown, other: unknown): unknown {
  if (typeof one !== 'string' || typeof other !== 'string' || one === other) return one;
  const certificates = [one, other].flatMap((text) => Buffer.from(text, 'base64').toString('latin1').match(CERTIFICATE) ?? []);
  return Buffer.from(`${[...new Set(certificates)].join('\n')}\n`, 'latin1').toString('base64');
}

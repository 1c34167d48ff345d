import { groupOf, type KindRef, type KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Ingress, PersistentVolumeClaim } from '../../interfaces/objects.ts';
import { fieldAt } from '../../interfaces/values.ts';
import type { Patient } from './model.ts';

export const INGRESS: KindRef<Ingress> = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' };
export const INGRESS_CLASS: KindRef = { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass' };
export const STORAGE_CLASS: KindRef = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' };

export const isIngress = (object: KubernetesObject): object is Ingress =>
  object.kind === 'Ingress' && groupOf(object) === 'networking.k8s.io';
export const isClaim = (object: KubernetesObject): object is PersistentVolumeClaim =>
  object.kind === 'PersistentVolumeClaim' && groupOf(object) === '';

/** What the chart holds; nothing where none is named. Throws what keeps it from rendering. */
export const objectsOf = async ({ chart }: Patient): Promise<readonly KubernetesObject[]> => (await chart?.objects()) ?? [];

/** Names of objects of a kind that the chart makes itself. */
export const madeBy = (objects: readonly KubernetesObject[], kind: string): Set<string> =>
  new Set(objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name));

/** The class among them that counts where none is named. */
export const isDefault = ({ metadata }: KubernetesObject): boolean =>
  Object.entries(metadata.annotations ?? {}).some(
    ([name, value]) => /^(storageclass|ingressclass)\.kubernetes\.io\/is-default-class$/.test(name) && value === 'true',
  );

export const namesOf = (objects: readonly KubernetesObject[]): string[] => objects.map(({ metadata }) => metadata.name).sort();

/** The same finding for several objects is told once. */
export const unique = <T extends { message: string }>(findings: readonly T[]): T[] => [
  ...new Map(findings.map((finding) => [finding.message, finding])).values(),
];

/** An object's conditions, by type. */
export function conditionOf(object: KubernetesObject, type: string): { status: string; message: string } | undefined {
  const all = fieldAt(object, 'status', 'conditions');
  const found: unknown = Array.isArray(all) ? all.find((one) => fieldAt(one, 'type') === type) : undefined;
  return found === undefined ? undefined : { status: String(fieldAt(found, 'status')), message: String(fieldAt(found, 'message') ?? '') };
}

import type { Container, PodSpec, Volume } from 'kubernetes-types/core/v1.d.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { kindOf } from './objects.ts';
import { containersOf, podTemplateOf } from './pods.ts';
import { targetKind, targetOf } from './targets.ts';

/** Gives the new name of an object that is referred to; the same name where nothing changes. */
export type Rename = (kind: string, name: string) => string;

/** Any part of an object that names another one in one of its fields. */
type Named = Record<string, unknown>;

/**
 * The closed list of references. Renames every one of them in place, the object's own name included; text (arguments, values of
 * variables, files) is never touched.
 */
export function renameReferences(object: KubernetesObject, rename: Rename): void {
  object.metadata.name = rename(kindOf(object), object.metadata.name);
  renameInPod(podTemplateOf(object)?.spec, rename);
  const target = targetOf(object);
  if (target !== undefined) {
    target.name = rename(targetKind(target), target.name);
  }
  const binding = /^rbac\.authorization\.k8s\.io\/(Cluster)?RoleBinding$/.test(kindOf(object));
  if (binding) {
    const role = object.roleRef as Named | undefined;
    field(role, 'name', `rbac.authorization.k8s.io/${String(role?.kind)}`, rename);
    for (const subject of (object.subjects ?? []) as Named[]) {
      field(subject.kind === 'ServiceAccount' ? subject : undefined, 'name', '/ServiceAccount', rename);
    }
  }
}

/** Every object that pods of this spec refer to, as `kind, name` pairs. */
export function podReferences(spec: PodSpec | undefined): { kind: string; name: string }[] {
  const found: { kind: string; name: string }[] = [];
  renameInPod(spec, (kind, name) => {
    found.push({ kind, name });
    return name;
  });
  return found;
}

function renameInPod(spec: PodSpec | undefined, rename: Rename): void {
  for (const volume of spec?.volumes ?? []) {
    renameInVolume(volume, rename);
  }
  for (const container of containersOf(spec)) {
    renameInContainer(container, rename);
  }
  for (const secret of spec?.imagePullSecrets ?? []) {
    field(secret, 'name', '/Secret', rename);
  }
  field(spec, 'serviceAccountName', '/ServiceAccount', rename);
  field(spec, 'serviceAccount', '/ServiceAccount', rename);
}

function renameInVolume(volume: Volume, rename: Rename): void {
  field(volume.configMap, 'name', '/ConfigMap', rename);
  field(volume.secret, 'secretName', '/Secret', rename);
  field(volume.persistentVolumeClaim, 'claimName', '/PersistentVolumeClaim', rename);
  for (const source of volume.projected?.sources ?? []) {
    field(source.configMap, 'name', '/ConfigMap', rename);
    field(source.secret, 'name', '/Secret', rename);
  }
}

function renameInContainer(container: Container, rename: Rename): void {
  for (const source of container.envFrom ?? []) {
    field(source.configMapRef, 'name', '/ConfigMap', rename);
    field(source.secretRef, 'name', '/Secret', rename);
  }
  for (const variable of container.env ?? []) {
    field(variable.valueFrom?.configMapKeyRef, 'name', '/ConfigMap', rename);
    field(variable.valueFrom?.secretKeyRef, 'name', '/Secret', rename);
  }
}

function field(part: object | undefined | null, name: string, kind: string, rename: Rename): void {
  const named = part as Named | undefined | null;
  const value = named?.[name];
  if (named !== undefined && named !== null && typeof value === 'string') {
    named[name] = rename(kind, value);
  }
}

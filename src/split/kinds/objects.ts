import { groupOf, type KubernetesObject } from '../../interfaces/kubernetes.ts';

/** `apps/Deployment`, `/Service`: the key of the split's tables. */
export function kindOf(object: Pick<KubernetesObject, 'apiVersion' | 'kind'>): string {
  return `${groupOf(object)}/${object.kind}`;
}

/** `Deployment/todo-backend`, for people. */
export function titleOf(object: KubernetesObject): string {
  return `${object.kind}/${object.metadata.name}`;
}

/** Two objects with the same key are the same object in a cluster. */
export function keyOf(object: KubernetesObject, namespace: string): string {
  return `${kindOf(object)}/${object.metadata.namespace ?? namespace}/${object.metadata.name}`;
}

export function annotationOf(object: KubernetesObject, name: string): string | undefined {
  return object.metadata.annotations?.[name];
}

export function clone<T>(value: T): T {
  return structuredClone(value);
}

import type { KubernetesObject } from '../../interfaces/kubernetes.ts';

/** Tells Helm to leave an object alone that a new revision no longer holds. */
export const KEEP = 'helm.sh/resource-policy';
export const RELEASE_NAME = 'meta.helm.sh/release-name';
export const RELEASE_NAMESPACE = 'meta.helm.sh/release-namespace';
export const MANAGED_BY = 'app.kubernetes.io/managed-by';

export const keeps = ({ metadata }: KubernetesObject): boolean => metadata.annotations?.[KEEP] === 'keep';

/** Pure: the object with the marks by which Helm knows what is its own; its manifests are recorded without them. */
export const asHelms = (object: KubernetesObject, release: string, namespace: string): KubernetesObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    labels: { ...object.metadata.labels, [MANAGED_BY]: 'Helm' },
    annotations: { ...object.metadata.annotations, [RELEASE_NAME]: release, [RELEASE_NAMESPACE]: namespace },
  },
});

import { NAMESPACE } from '../../deploy/kube/names.ts';
import type { KindRef, ListOptions, ObjectRef } from '../../interfaces/kubernetes.ts';
import { ALONE, type Own } from '../../interfaces/own.ts';
import { fitted } from '../../split/index.ts';
import { namespaceName, type PreviewKey, releaseName } from './key.ts';

/** Where a preview is, and what its marks stand on. What differs between the two kinds of isolation follows from it. */
export interface Home {
  namespace: string;
  /** Helm's. */
  release: string;
  /** Its labels and annotations say what is known of the preview: its namespace, or a ConfigMap where several share one. */
  marks: ObjectRef;
}

/** On all that is of one preview, where several share a namespace. */
export const RELEASE_LABEL = 'todo-deploy.dev/preview-release';
export const CONFIG_MAP: KindRef = { apiVersion: 'v1', kind: 'ConfigMap' };
const MARKS = 'todo-deploy-preview-';
/** Of Services and pods. */
const LONGEST_NAME = 63;

/** Pure: `app`: what the release is called elsewhere. `shared`: the namespace that previews share; undefined: each has one of its own. */
export function homeOf(key: PreviewKey, app: string, shared: string | undefined): Home {
  if (shared === undefined) {
    const namespace = namespaceName(key, app);
    return { namespace, release: app, marks: { ...NAMESPACE, name: namespace } };
  }
  const release = releaseName(key, app);
  return { namespace: shared, release, marks: { ...CONFIG_MAP, name: `${MARKS}${release}`, namespace: shared } };
}

/** Pure: the release whose marks a ConfigMap of this name may hold. */
export const releaseMarkedBy = (name: string): string | undefined => (name.startsWith(MARKS) ? name.slice(MARKS.length) : undefined);

/** Pure: the namespace that it shares with others; undefined: it has one of its own. */
export const sharedBy = ({ marks, namespace }: Pick<Home, 'marks' | 'namespace'>): string | undefined =>
  marks.kind === CONFIG_MAP.kind ? namespace : undefined;

/** Pure: what is its own, beside its neighbours. */
export function ownOf({ marks, namespace, release }: Pick<Home, 'marks' | 'namespace'> & { release: string | undefined }): Own {
  if (sharedBy({ marks, namespace }) === undefined || release === undefined) return ALONE;
  return { labels: { [RELEASE_LABEL]: release }, name: (base) => fitted(`${base}-${release}`, LONGEST_NAME) };
}

/** Pure: what to list for previews, by their labels. */
export const marksWith = (labelSelector: string, shared: string | undefined): [KindRef, ListOptions] =>
  shared === undefined ? [NAMESPACE, { labelSelector }] : [CONFIG_MAP, { labelSelector, namespace: shared }];

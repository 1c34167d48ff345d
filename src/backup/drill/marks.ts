import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { fitted } from '../../split/index.ts';
import type { App } from '../model.ts';

/** On the namespace of a drill: the release that it is of. */
export const DRILL_LABEL = 'todo-deploy.dev/drill';
const NOTES = {
  /** `namespace/release` */
  of: 'todo-deploy.dev/drill-of',
  /** When its run is over, whatever becomes of it. */
  endsAt: 'todo-deploy.dev/drill-ends-at',
} as const;

/** A namespace that is there for one drill. */
export interface Drill {
  namespace: string;
  uid: string;
  of: App;
  /** ms since the epoch. */
  endsAt: number;
}

/** Kubernetes' limit. */
const LONGEST = 63;
const NAME = /^todo-deploy-drill-[a-z0-9-]*[0-9a-f]{8}$/;

/** Pure. `random`: eight hex digits. */
export const drillNamespace = (release: string, random: string): string =>
  `${fitted(`todo-deploy-drill-${release}`, LONGEST - random.length - 1)}-${random}`;

/** Pure: the marks of a drill's namespace. */
export const drillMarks = ({ namespace, release }: App, endsAt: number): Pick<KubernetesObject['metadata'], 'labels' | 'annotations'> => ({
  labels: { [DRILL_LABEL]: release },
  annotations: { [NOTES.of]: `${namespace}/${release}`, [NOTES.endsAt]: new Date(endsAt).toISOString() },
});

/** Pure: the drill that a namespace is there for; undefined where it is not ours. Name, label and annotations have to agree. */
export function drillIn({ kind, metadata }: KubernetesObject): Drill | undefined {
  const { name, uid, labels, annotations } = metadata;
  const [namespace = '', release = '', more] = (annotations?.[NOTES.of] ?? '').split('/');
  const endsAt = Date.parse(annotations?.[NOTES.endsAt] ?? '');
  const agrees = NAME.test(name) && release !== '' && labels?.[DRILL_LABEL] === release && more === undefined;
  if (kind !== 'Namespace' || !uid || !agrees || Number.isNaN(endsAt)) return undefined;
  return { namespace: name, uid, of: { namespace, release }, endsAt };
}

/** How far clocks may be apart. */
const SKEW_MS = 300_000;

/** Pure: whether its run is over, by every clock. */
export const isOver = ({ endsAt }: Drill, clocks: readonly number[]): boolean =>
  clocks.length > 0 && clocks.every((now) => now > endsAt + SKEW_MS);

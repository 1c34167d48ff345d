import type { KubernetesObject, ObjectRef } from '../../interfaces/kubernetes.ts';
import { CONFIG_MAP, releaseMarkedBy, sharedBy } from './home.ts';
import { isNamedFor, keyText, type PreviewKey, parseId } from './key.ts';
import type { PreviewLease } from './lease.ts';

/** `<repository id>-<number>` */
export const PREVIEW_LABEL = 'todo-deploy.dev/preview';
export const REPOSITORY_LABEL = 'todo-deploy.dev/preview-repository';
export const NUMBER_LABEL = 'todo-deploy.dev/preview-number';

/** Annotations of what a preview's marks stand on. */
export const NOTES = {
  repository: 'todo-deploy.dev/preview-repository-name',
  release: 'todo-deploy.dev/preview-release',
  head: 'todo-deploy.dev/preview-head',
  url: 'todo-deploy.dev/preview-url',
  state: 'todo-deploy.dev/preview-state',
  expiresAt: 'todo-deploy.dev/preview-expires-at',
  /** When people were warned of its expiry. */
  warnedAt: 'todo-deploy.dev/preview-warned-at',
  /** Seconds that each use renews it for. */
  expiresAfter: 'todo-deploy.dev/preview-expires-after',
  /** Seconds without a deploy or a visit that wakes it after which it goes to sleep, or `never`. */
  sleepAfter: 'todo-deploy.dev/preview-sleep-after',
  /** When somebody was seen to use it last, by what front doors count. */
  usedAt: 'todo-deploy.dev/preview-used-at',
  /** What each pod of the front doors had counted for it then. */
  visits: 'todo-deploy.dev/preview-visits',
  comment: 'todo-deploy.dev/preview-comment',
  /** GitHub's id of the run that deployed it last. */
  run: 'todo-deploy.dev/preview-run',
  /** GitHub's deployments that may be active: that of the commit that was deployed last; for a moment the one before it too. */
  deployments: 'todo-deploy.dev/preview-deployments',
  /** Once what `seed` names has filled it with data. */
  seeded: 'todo-deploy.dev/preview-seeded',
  /** What a probe has found out of the namespace's NetworkPolicies. */
  isolation: 'todo-deploy.dev/preview-isolation',
  /** Why it is being taken down, from the moment that this is decided: whoever comes next finishes it. */
  ending: 'todo-deploy.dev/preview-ending',
} as const;

/** Of `sleepAfter`. */
export const NEVER = 'never';

type PreviewState = 'awake' | 'asleep';

/** What its marks say of a preview. Only the key is proved; the notes may be missing. */
export interface Preview extends PreviewLease {
  key: PreviewKey;
  namespace: string;
  /** What its marks stand on: its namespace, or a ConfigMap where several share one. */
  marks: ObjectRef;
  /** Of that object: whoever deletes it names this one. */
  uid: string;
  resourceVersion: string;
  /** It is being taken down, or deleted by whomever: nothing is deployed into it any more. */
  ending: boolean;
  /** `owner/name` when it was written; the key is what counts. */
  repository: string | undefined;
  release: string | undefined;
  /** The commit that was deployed last. */
  head: string | undefined;
  url: string | undefined;
  state: PreviewState | undefined;
  sleepAfterMs: number | typeof NEVER | undefined;
  /** When somebody was seen to use it last, ms since the epoch: a visit that woke it is not counted here. */
  usedAt: number | undefined;
  visits: string | undefined;
  /** GitHub's id of the comment. */
  comment: number | undefined;
  run: number | undefined;
  /** GitHub's ids of them, the newest last. */
  deployments: readonly number[];
  seeded: boolean;
  isolation: string | undefined;
  /** When its marks were made, ms since the epoch. */
  createdAt: number;
}

export type Notes = Partial<Record<keyof typeof NOTES, string>>;

/** Pure: the labels of a preview's marks. */
export const previewLabels = (key: PreviewKey): Record<string, string> => ({
  [PREVIEW_LABEL]: keyText(key),
  [REPOSITORY_LABEL]: String(key.repositoryId),
  [NUMBER_LABEL]: String(key.number),
});

/** Pure: the annotations for these notes. */
export const previewNotes = (notes: Notes): Record<string, string> =>
  Object.fromEntries(Object.entries(notes).map(([name, value]) => [NOTES[name as keyof typeof NOTES], value]));

/** Pure: selects the previews of a repository; of all repositories without one. */
export const previewSelector = (repositoryId?: number): string =>
  repositoryId === undefined ? PREVIEW_LABEL : `${REPOSITORY_LABEL}=${repositoryId}`;

/**
 * Pure: the preview that a namespace holds, or that a ConfigMap of a shared one stands for; undefined where it is not ours. The three labels
 * and the name have to agree: labels alone may have been copied with a manifest.
 */
export function previewIn({ apiVersion, kind, metadata }: KubernetesObject): Preview | undefined {
  const { name, uid, resourceVersion, labels, annotations } = metadata;
  const repositoryId = parseId(labels?.[REPOSITORY_LABEL]);
  const number = parseId(labels?.[NUMBER_LABEL]);
  const isShared = kind === CONFIG_MAP.kind;
  const named = isShared ? releaseMarkedBy(name) : name;
  if ((kind !== 'Namespace' && !isShared) || named === undefined || !uid || repositoryId === undefined || number === undefined)
    return undefined;
  const key = { repositoryId, number };
  if (labels?.[PREVIEW_LABEL] !== keyText(key) || !isNamedFor(named, key)) return undefined;
  const note = (of: keyof typeof NOTES): string | undefined => annotations?.[NOTES[of]] || undefined;
  const state = note('state');
  return {
    key,
    namespace: isShared ? (metadata.namespace ?? '') : name,
    marks: { apiVersion, kind, name, ...(isShared && { namespace: metadata.namespace }) },
    uid,
    resourceVersion: resourceVersion ?? '',
    ending: metadata.deletionTimestamp !== undefined || note('ending') !== undefined,
    repository: note('repository'),
    release: isShared ? named : note('release'),
    head: note('head'),
    url: note('url'),
    state: state === 'awake' || state === 'asleep' ? state : undefined,
    expiresAt: momentIn(note('expiresAt')),
    warnedAt: momentIn(note('warnedAt')),
    expiresAfterMs: secondsIn(note('expiresAfter')),
    sleepAfterMs: note('sleepAfter') === NEVER ? NEVER : secondsIn(note('sleepAfter')),
    usedAt: momentIn(note('usedAt')),
    visits: note('visits'),
    comment: parseId(note('comment')),
    run: parseId(note('run')),
    deployments: (note('deployments') ?? '').split(' ').flatMap((id) => parseId(id) ?? []),
    seeded: note('seeded') !== undefined,
    isolation: note('isolation'),
    createdAt: momentIn(metadata.creationTimestamp) ?? 0,
  };
}

/** Pure: what a preview is called: its namespace, or its release where several share one. */
export const titleOf = (preview: Pick<Preview, 'namespace' | 'marks' | 'release'>): string =>
  sharedBy(preview) === undefined ? preview.namespace : (preview.release ?? '');

/** Pure: RFC 3339 in UTC, to the second. */
export const momentText = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** Pure: milliseconds since the epoch; undefined for what is not `momentText`'s. */
export function momentIn(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isFinite(ms) && momentText(ms) === text ? ms : undefined;
}

function secondsIn(text: string | undefined): number | undefined {
  const seconds = parseId(text);
  return seconds === undefined ? undefined : seconds * 1000;
}

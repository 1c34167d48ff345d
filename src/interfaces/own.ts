/** What tells the objects of one app from its neighbours', where several share a namespace. */
export interface Own {
  /** On each of its objects, pods and claims; none where the namespace is its own. */
  labels: Readonly<Record<string, string>>;
  /** Pure: the name of an object that each app has. */
  name(base: string): string;
}

/** All of the namespace is the app's. */
export const ALONE: Own = { labels: {}, name: (base) => base };

/** Pure: selects its objects; undefined: all of the namespace. */
export function ownSelector({ labels }: Own): string | undefined {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return pairs.length > 0 ? pairs.join(',') : undefined;
}

/** Pure: the same of pods, in a NetworkPolicy. */
export const podsOf = ({ labels }: Own): object => (Object.keys(labels).length > 0 ? { matchLabels: { ...labels } } : {});

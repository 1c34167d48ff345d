import { HttpError } from '../../interfaces/errors.ts';
import type { KindFinder, Kubernetes, KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Condition, Namespace } from '../../interfaces/objects.ts';

interface Remaining {
  plural: string;
  group: string;
}

const SHOWN = 10;

/** Pure: what the namespace controller says is left: `Some resources are remaining: pods. has 1 resource instances, widgets.example.com has 2 …`. */
export function remainingIn(conditions: readonly Condition[]): Remaining[] {
  const message = holding(conditions).find(({ type }) => type === 'NamespaceContentRemaining')?.message ?? '';
  const named = message.slice(0, 10_000).matchAll(/(?:^|[\s,])([a-z0-9-]+)\.([a-z0-9.-]*) has \d+ resource instances/g);
  return [...named].map(([, plural = '', group = '']) => ({ plural, group }));
}

/** Pure: conditions that say why a namespace is not gone yet. */
const holding = (conditions: readonly Condition[]): Condition[] => conditions.filter(({ status }) => status === 'True');

/**
 * What keeps a namespace that is being deleted: objects with their finalizers, a line each; else what its conditions say. Nothing is done
 * about it: who set a finalizer has something to do first.
 */
export async function blockersOf(kubernetes: Kubernetes & KindFinder, namespace: Namespace): Promise<string[]> {
  const conditions: Condition[] = namespace.status?.conditions ?? [];
  const objects = await Promise.all(remainingIn(conditions).map((remaining) => held(kubernetes, namespace.metadata.name, remaining)));
  const own = (namespace.spec?.finalizers ?? []).filter((finalizer) => finalizer !== 'kubernetes');
  const lines = [
    ...objects.flat(),
    ...[...own, ...finalizersOf(namespace)].map((finalizer) => `Namespace/${namespace.metadata.name}: held by the finalizer ${finalizer}`),
  ];
  if (lines.length > 0) return lines.length > SHOWN ? [...lines.slice(0, SHOWN), `and ${lines.length - SHOWN} more objects`] : lines;
  const said = holding(conditions).map(({ reason, message }) => `Namespace/${namespace.metadata.name}: ${reason}: ${message}`);
  return said.length > 0 ? said : [`Namespace/${namespace.metadata.name}: nothing says what holds it`];
}

async function held(kubernetes: Kubernetes & KindFinder, namespace: string, { plural, group }: Remaining): Promise<string[]> {
  const unseen = [`${plural}${group === '' ? '' : `.${group}`}: some are left, and this account may not list them`];
  try {
    const found = (await kubernetes.kindsOf(group)).find((one) => one.plural === plural && one.namespaced);
    if (found === undefined) return unseen;
    const { items } = await kubernetes.list(found.ref, { namespace, metadataOnly: true });
    return items.map(leftText);
  } catch (error) {
    if (error instanceof HttpError) return unseen;
    throw error;
  }
}

/** Pure: a line for what is left, with what holds it. */
export function leftText(object: KubernetesObject): string {
  const finalizers = finalizersOf(object);
  const why = finalizers.length > 0 ? `held by the finalizer ${finalizers.join(', ')}` : 'not gone yet';
  return `${object.kind}/${object.metadata.name}: ${why}`;
}

function finalizersOf({ metadata }: { metadata: object }): string[] {
  const { finalizers }: { finalizers?: unknown } = metadata;
  return Array.isArray(finalizers) ? finalizers.map(String) : [];
}

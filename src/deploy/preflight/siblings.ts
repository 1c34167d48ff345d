import type { HttpError } from '../../interfaces/errors.ts';
import { groupOf, type KubernetesObject } from '../../interfaces/kubernetes.ts';
import { fieldAt } from '../../interfaces/values.ts';
import { isDefinition } from '../base/crds.ts';
import { describe } from '../kube/names.ts';

/** What comes with an object. */
export interface Siblings {
  /** Everything that the chart makes, hooks too. */
  objects: readonly KubernetesObject[];
  /** Definitions of its folder crds/. */
  definitions: readonly KubernetesObject[];
  /** The app's namespace, where that is not there yet. */
  missingNamespace?: string | undefined;
}

/** Kubernetes' words for what is not there: `roles.rbac.authorization.k8s.io "reads" not found`. */
const NOT_FOUND = /([A-Za-z][\w.-]*) "([^"]+)" not found/g;
const NO_PRIORITY_CLASS = /no (PriorityClass) with name (\S+) was found/g;

/**
 * Pure: which object of the chart a refusal waits for, as `Kind/name`: once that is there, the API server can say more. undefined where the
 * refusal is the object's own.
 */
export function waitsFor(object: KubernetesObject, error: HttpError, siblings: Siblings): string | undefined {
  if (error.code === 'UnknownKind') return definitionOf(object, siblings);
  const named = [NOT_FOUND, NO_PRIORITY_CLASS].flatMap((words) => [...error.message.matchAll(words)]);
  for (const [, resource = '', name = ''] of named) {
    const [plural = '', ...group] = resource.split('.');
    const found = siblings.objects.find((one) => one !== object && one.metadata.name === name && isOf(one, plural, group.join('.')));
    if (found !== undefined) return describe(found);
    if (plural === 'namespaces' && name === siblings.missingNamespace) return `Namespace/${name}`;
  }
  return undefined;
}

/** Whether a kind is meant by a resource's name, in the singular or plural. */
function isOf(object: KubernetesObject, plural: string, group: string): boolean {
  const kind = object.kind.toLowerCase();
  const words = [kind, `${kind}s`, `${kind}es`, kind.replace(/y$/, 'ies')];
  return words.includes(plural.toLowerCase()) && (group === '' || group === groupOf(object));
}

/** What makes the cluster know the object's kind. */
function definitionOf({ apiVersion, kind }: KubernetesObject, { objects, definitions }: Omit<Siblings, 'missingNamespace'>) {
  const [group, version] = [groupOf({ apiVersion }), apiVersion.split('/').at(-1)];
  const found = [...objects, ...definitions].find((one) =>
    isDefinition(one)
      ? fieldAt(one, 'spec', 'group') === group && fieldAt(one, 'spec', 'names', 'kind') === kind && servedBy(one).includes(version)
      : one.kind === 'APIService' && fieldAt(one, 'spec', 'group') === group && fieldAt(one, 'spec', 'version') === version,
  );
  return found && describe(found);
}

function servedBy(definition: KubernetesObject): unknown[] {
  const versions = fieldAt(definition, 'spec', 'versions');
  return (Array.isArray(versions) ? versions : []).filter((one) => fieldAt(one, 'served') !== false).map((one) => fieldAt(one, 'name'));
}

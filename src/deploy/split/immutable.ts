import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { hashOf } from './hash.ts';
import { keyOf, kindOf } from './objects.ts';

/** What the API server refuses to change, by kind; undefined where nothing is fixed. */
const FIXED: Readonly<Record<string, (object: KubernetesObject) => unknown>> = {
  'apps/Deployment': (object) => object.spec?.selector,
  'batch/Job': (object) => [object.spec?.selector, object.spec?.template, object.spec?.completions, object.spec?.completionMode],
  '/ConfigMap': (object) => (object.immutable === true ? [object.data, object.binaryData] : undefined),
  '/Secret': (object) => [object.type ?? 'Opaque', object.immutable === true ? [object.data, object.stringData] : undefined],
};

/**
 * Objects of `wanted` whose immutable fields differ from `before` (the manifests that Helm recorded): they have to be deleted before the
 * part is applied. An object that is not immutable any more has to go, too.
 */
export function replacedObjects(
  before: readonly KubernetesObject[],
  wanted: readonly KubernetesObject[],
  namespace: string,
): KubernetesObject[] {
  const recorded = new Map(before.map((object) => [keyOf(object, namespace), object]));
  return wanted.filter((object) => {
    const old = recorded.get(keyOf(object, namespace));
    const fixed = FIXED[kindOf(object)];
    return old !== undefined && fixed !== undefined && differs(old, object, fixed);
  });
}

function differs(old: KubernetesObject, object: KubernetesObject, fixed: (object: KubernetesObject) => unknown): boolean {
  const was = old.immutable === true ? fixed(old) : fixed({ ...old, immutable: undefined });
  const is = fixed({ ...object, immutable: old.immutable });
  return hashOf(was ?? null) !== hashOf(is ?? null) || (old.immutable === true && object.immutable !== true);
}

import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { isMap } from '../../interfaces/values.ts';
import { kindOf } from '../../split/kinds/objects.ts';
import type { Finding } from '../../split/model.ts';
import { describe } from '../kube/names.ts';
import type { SecretValue } from '../run/options.ts';

const HINT =
  'Have the chart use a Secret of yours (many charts: existingSecret, or create: false), or drop it from the input and give the value to the chart.';

/**
 * Pure: Secrets of the input `secrets` that the chart makes as well, or has an operator make: of two values, pods would have the one that was
 * written last.
 */
export function chartSecretRefusals(secrets: readonly Pick<SecretValue, 'name'>[], objects: readonly KubernetesObject[]): Finding[] {
  const names = [...new Set(secrets.map(({ name }) => name))];
  return names.flatMap((name) => {
    const maker = objects.find((object) => madeSecret(object) === name);
    if (!maker) return [];
    const by = maker.kind === 'Secret' ? 'itself' : `by ${describe(maker)}`;
    return { object: `Secret/${name}`, message: `is made by the chart ${by}, and the input "secrets" names it, too`, hint: HINT };
  });
}

/** Name of the Secret that an object is, or stands for. */
function madeSecret(object: KubernetesObject): string | undefined {
  const spec = isMap(object.spec) ? object.spec : {};
  const named = (value: unknown): string => (typeof value === 'string' && value !== '' ? value : object.metadata.name);
  switch (kindOf(object)) {
    case '/Secret':
    case 'bitnami.com/SealedSecret':
      return object.metadata.name;
    case 'external-secrets.io/ExternalSecret':
      return named(isMap(spec.target) ? spec.target.name : undefined);
    case 'cert-manager.io/Certificate':
      return named(spec.secretName);
    default:
      return undefined;
  }
}

import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Service } from '../../interfaces/objects.ts';
import { colorServiceName, serviceNames } from '../../split/index.ts';
import { podTemplateOf } from '../../split/kinds/pods.ts';
import type { Color } from '../../split/model.ts';
import { describe, SERVICE } from '../kube/names.ts';
import type { Drift } from './model.ts';

interface Stack {
  color: Color;
  namespace: string;
  /** Stable Services of the version. */
  services: readonly string[];
  /** The color Service of one, as it is now. */
  colorService(name: string): Service | undefined;
}

/**
 * Pure: color Services that are gone, and workloads whose pods call an address that is no longer their color Service's: one that was deleted
 * and made anew has another.
 */
export function addressDrift(workloads: readonly KubernetesObject[], { color, namespace, services, colorService }: Stack): Drift[] {
  const gone = services
    .filter((name) => colorService(name) === undefined)
    .map((name): Drift => ({ object: `${SERVICE.kind}/${colorServiceName(name, color)}`, kind: 'missing', message: MISSING }));
  const wrong = workloads.flatMap((workload) =>
    services.flatMap((name): Drift[] => {
      const called = addressOf(workload, serviceNames(name, namespace));
      const now = colorService(name)?.spec?.clusterIP;
      if (called === undefined || now === undefined || called === now) return [];
      const message = `calls Service/${colorServiceName(name, color)} at ${called}, and its address is ${now}`;
      return [{ object: describe(workload), kind: 'address', message }];
    }),
  );
  return [...gone, ...wrong];
}

export const MISSING = 'was deployed and is not there';

/** Where the workload's pods reach these names; undefined where they ask the cluster's DNS. */
function addressOf(workload: KubernetesObject, names: readonly string[]): string | undefined {
  const aliases = podTemplateOf(workload)?.spec?.hostAliases ?? [];
  // Ours name nothing else; the chart's own may.
  return aliases.find(({ hostnames = [] }) => hostnames.length > 0 && hostnames.every((name) => names.includes(name)))?.ip;
}

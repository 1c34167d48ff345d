import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { textsIn, workloadSpec } from '../kinds/fields.ts';
import { kindOf, titleOf } from '../kinds/objects.ts';
import { containersOf, podTemplateOf } from '../kinds/pods.ts';
import { isScaled } from '../kinds/rows.ts';
import type { Finding } from '../model.ts';
import type { Classified } from '../sort/classify.ts';

const POOL = /(?:^|_)(?:POOL_SIZE|POOL_MAX|MAX_POOL|MAX_CONNECTIONS|CONNECTION_LIMIT)$/i;
const OVERFLOW = /(?:^|_)(?:MAX_OVERFLOW|POOL_OVERFLOW)$/i;

/** While both colors are up, both hold connections to the one database. */
export function poolWarnings(classified: Classified): Finding[] {
  return classified.own.flatMap((object) => {
    const perPod = containersOf(podTemplateOf(object)?.spec).reduce((sum, container) => {
      const variables = variablesOf(container, classified.copied);
      const pool = sumOf(variables, POOL);
      return sum + (pool === 0 ? 0 : pool + sumOf(variables, OVERFLOW));
    }, 0);
    const replicas = workloadSpec(object).replicas ?? 1;
    return perPod === 0 || !isScaled(object)
      ? []
      : [
          {
            object: titleOf(object),
            message: `its pools hold up to ${perPod} connections per pod: with both colors up ${perPod * replicas * 2} at ${replicas} replicas each (workers of a process not counted)`,
            hint: "Keep the database's max_connections above that.",
          },
        ];
  });
}

type Container = ReturnType<typeof containersOf>[number];

function variablesOf(container: Container, configs: readonly KubernetesObject[]): [string, string][] {
  const read = (container.envFrom ?? []).flatMap((source) => {
    const config = configs.find((one) => kindOf(one) === '/ConfigMap' && one.metadata.name === source.configMapRef?.name);
    return Object.entries(textsIn(config, 'data')).map(([key, value]): [string, string] => [`${source.prefix ?? ''}${key}`, value]);
  });
  return [...new Map([...read, ...(container.env ?? []).map((one): [string, string] => [one.name, one.value ?? ''])])];
}

function sumOf(variables: readonly [string, string][], name: RegExp): number {
  return variables.filter(([key, value]) => name.test(key) && /^\d+$/.test(value)).reduce((sum, [, value]) => sum + Number(value), 0);
}

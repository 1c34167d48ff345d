import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { serviceSpec } from '../kinds/fields.ts';
import { kindOf, titleOf } from '../kinds/objects.ts';
import { containersOf, podTemplateOf } from '../kinds/pods.ts';
import type { Finding } from '../model.ts';

type Item = Record<string, unknown>;
type List = [path: string, list: unknown, keys: string[]];

/** Lists that the API keeps by key: server-side apply refuses an entry that is there twice; Helm 3 let it pass. */
export function duplicateEntries(object: KubernetesObject): Finding[] {
  const spec = podTemplateOf(object)?.spec;
  const lists: List[] = [
    ['initContainers', spec?.initContainers, ['name']],
    ['containers', spec?.containers, ['name']],
    ['volumes', spec?.volumes, ['name']],
    ['imagePullSecrets', spec?.imagePullSecrets, ['name']],
    ['hostAliases', spec?.hostAliases, ['ip']],
    ...containersOf(spec).flatMap((container): List[] => [
      [`containers[${container.name}].env`, container.env, ['name']],
      [`containers[${container.name}].ports`, container.ports, ['containerPort', 'protocol']],
      [`containers[${container.name}].volumeMounts`, container.volumeMounts, ['mountPath']],
    ]),
    ['ports', kindOf(object) === '/Service' ? serviceSpec(object).ports : undefined, ['port', 'protocol']],
  ];
  return lists.flatMap(([path, list, keys]) =>
    twice(Array.isArray(list) ? list : [], keys).map((entry) => ({
      object: titleOf(object),
      message: `${path} has ${entry} twice; server-side apply (Helm 4) refuses that`,
      hint: 'Remove one of them from the template or the values.',
    })),
  );
}

function twice(list: readonly Item[], keys: readonly string[]): string[] {
  const names = list.map((item) => keys.map((key) => String(item[key] ?? (key === 'protocol' ? 'TCP' : ''))).join('/'));
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

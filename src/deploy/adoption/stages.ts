import { isA, type KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Service } from '../../interfaces/objects.ts';
import { isRoute } from '../../split/gateway/attach.ts';
import { backendsOf } from '../../split/gateway/backends.ts';
import { podLabelsOf, podTemplateOf } from '../../split/kinds/pods.ts';
import { rowOf } from '../../split/kinds/rows.ts';
import { SERVICE, selects } from '../kube/names.ts';

/**
 * Pure: the stage in which each Service moves, by name. Plain pods call each other by the Services' names, so a Service moves only when
 * nobody is led any more to pods that call it: front doors first. Who calls whom is read from the pods' settings; where those do not say,
 * what an Ingress or the outside leads to is a front door, and the others are behind it.
 */
export function stagesOf(services: readonly Service[], objects: readonly KubernetesObject[]): Map<string, number> {
  const names = services.map(({ metadata }) => metadata.name);
  const callers = new Map(services.map((service) => [service.metadata.name, callersOf(service, services, objects)]));
  const stages = new Map(names.map((name) => [name, 0]));
  // As deep as there are Services, where they do not call each other in a circle.
  for (let round = 1; round < names.length; round++) {
    for (const [name, from] of callers) {
      const depth = Math.max(0, ...from.map((caller) => (stages.get(caller) ?? 0) + 1));
      stages.set(name, Math.min(depth, names.length - 1));
    }
  }
  const doors = services.filter((service) => isDoor(service, objects)).map(({ metadata }) => metadata.name);
  if (doors.length === 0) return dense(stages);
  for (const name of names.filter((one) => !doors.includes(one))) stages.set(name, Math.max(1, stages.get(name) ?? 0));
  return dense(stages);
}

/** Without gaps between them. */
function dense(stages: ReadonlyMap<string, number>): Map<string, number> {
  const used = [...new Set(stages.values())].sort((a, b) => a - b);
  return new Map([...stages].map(([name, stage]) => [name, used.indexOf(stage)]));
}

const word = (name: string): RegExp => new RegExp(`(?<![\\w.-])${name.replaceAll('.', '\\.')}(?![\\w-])`);

/** The Services that lead to pods whose settings name this one. */
function callersOf(service: Service, services: readonly Service[], objects: readonly KubernetesObject[]): string[] {
  const named = word(service.metadata.name);
  const calls = objects.filter((object) => podTemplateOf(object) !== undefined && named.test(settingsOf(object, objects)));
  return services
    .filter((one) => one !== service && calls.some((workload) => selects(one.spec?.selector, podLabelsOf(workload))))
    .map(({ metadata }) => metadata.name);
}

/** What its containers are told: environment, arguments, and the ConfigMaps that the pods name. */
function settingsOf(workload: KubernetesObject, objects: readonly KubernetesObject[]): string {
  const spec = podTemplateOf(workload)?.spec;
  const told = JSON.stringify(
    [spec?.containers, spec?.initContainers].flat().map((one) => [one?.env, one?.envFrom, one?.args, one?.command]),
  );
  const pods = JSON.stringify(spec ?? {});
  const configs = objects.filter(({ kind, metadata }) => kind === 'ConfigMap' && pods.includes(`"name":"${metadata.name}"`));
  return [told, ...configs.map(({ data }) => JSON.stringify(data ?? {}))].join('\n');
}

/** Users come in here: from outside of the cluster, or by what routes them to Services by name. */
function isDoor({ metadata, spec }: Service, objects: readonly KubernetesObject[]): boolean {
  if (spec?.type === 'LoadBalancer' || spec?.type === 'NodePort') return true;
  const named = new RegExp(`"(name|serviceName)":"${metadata.name}"`);
  return objects.some((object) => {
    if (isRoute(object)) return backendsOf(object).some(({ name, mirror }) => name === metadata.name && !mirror);
    return rowOf(object) === undefined && !isA(object, SERVICE) && named.test(JSON.stringify(object.spec ?? {}));
  });
}

import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { serviceSpec } from '../kinds/fields.ts';
import { titleOf } from '../kinds/objects.ts';
import { isLongRunning, podTemplateOf, servingContainersOf } from '../kinds/pods.ts';
import { ruleOf } from '../kinds/rows.ts';
import { type Finding, PART_ANNOTATION, type ServicePort } from '../model.ts';
import type { Classified } from '../sort/classify.ts';
import { hasPort, hasPortOf, selects } from '../sort/services.ts';

/** What users of a Service would meet that nobody may have meant: pods of two workloads, and ports that pods do not have. */
export function serviceWarnings({ own, base }: Classified, namespace: string): Finding[] {
  const here = ({ metadata }: KubernetesObject) => (metadata.namespace ?? namespace) === namespace;
  const workloads = [...own, ...base].filter((object) => isLongRunning(object) && here(object));
  return base
    .filter((object) => ruleOf(object) === 'service' && here(object) && serviceSpec(object).type !== 'ExternalName')
    .flatMap((service) => {
      const reached = workloads.filter((workload) => selects(service, workload) && hasPortOf(service, workload));
      return [...severalWorkloads(service, reached, own), ...missingPorts(service, reached)];
    });
}

/** The hint of every finding about a selector that takes too much. */
const NARROW = `Give its selector one label more, so that it selects only one of them.`;

/** Where shared ones are among them, it is refused, or moved. */
function severalWorkloads(service: KubernetesObject, reached: readonly KubernetesObject[], own: readonly KubernetesObject[]): Finding[] {
  if (reached.length < 2 || !reached.every((workload) => own.includes(workload))) return [];
  const object = titleOf(service);
  const what = `selects the pods of ${listed(reached.map(titleOf))}`;
  const ports = (serviceSpec(service).ports ?? []).map((port) => port.targetPort ?? port.port).filter((port) => typeof port === 'number');
  const lacks = ports.flatMap((port) => {
    const without = reached.filter((workload) => !numbersOf(workload).includes(port));
    // Nothing has to be declared: where one workload does it, and another does not, that says something.
    return without.length > 0 && without.length < reached.length ? [{ port, without: without.map(titleOf) }] : [];
  });
  const [first] = lacks;
  if (!first)
    return [{ object, message: `${what}: its users meet either`, hint: `${NARROW} If both are meant, nothing has to be changed.` }];
  const message = `${what}; those of ${listed(first.without)} have no port ${first.port}: what reaches them there is refused`;
  return [{ object, message, hint: `${NARROW} If the port is there and only not declared, add it to the container's ports.` }];
}

function missingPorts(service: KubernetesObject, reached: readonly KubernetesObject[]): Finding[] {
  return (serviceSpec(service).ports ?? []).flatMap((port) =>
    reached.filter((workload) => !hasPort(workload, port)).map((workload) => missingPort(service, port, workload)),
  );
}

/** A port by name that the pods of a workload do not have: Kubernetes leaves them out of it without a word. */
export function missingPort(service: Pick<KubernetesObject, 'kind' | 'metadata'>, port: ServicePort, workload: KubernetesObject): Finding {
  const name = `${port.name ? `"${port.name}" (${port.port})` : port.port}`;
  return {
    object: `${service.kind}/${service.metadata.name}`,
    message: `its port ${name} leads to a container port "${port.targetPort}", and ${titleOf(workload)} has none of that name: nobody is served there`,
    hint: `Name it in the container: ports: [{name: ${port.targetPort}, containerPort: …}], or give the Service the number (targetPort). If the Service should not select these pods at all, give its selector one label more, or annotate it with ${PART_ANNOTATION}: base.`,
  };
}

const numbersOf = (workload: KubernetesObject): number[] =>
  servingContainersOf(podTemplateOf(workload)?.spec).flatMap(({ ports = [] }) => ports.map(({ containerPort }) => containerPort));

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

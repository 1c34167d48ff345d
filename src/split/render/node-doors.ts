import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { serviceSpec, textsIn } from '../kinds/fields.ts';
import { hasWord, mentions } from '../kinds/mentions.ts';
import { kindOf } from '../kinds/objects.ts';
import { podTemplateOf } from '../kinds/pods.ts';
import type { NodeDoor, ServicePort } from '../model.ts';

const HTTP_NAME = /^(?:https?|web|www)(?:-|$)/;
const HTTP_PORTS = [80, 443, 8080];

/**
 * What users may reach by a port of the nodes: Services of the type NodePort that speak HTTP, as a port's name, its appProtocol or its number says.
 * What other pods of the chart call is no front door, as long as one is left that they do not. Without hooks: a test calls them all.
 */
export function nodeDoorsOf(objects: readonly KubernetesObject[], namespace: string): NodeDoor[] {
  const doors = objects
    .filter((object) => kindOf(object) === '/Service' && (object.metadata.namespace ?? namespace) === namespace)
    .flatMap((service) => {
      const { type, ports = [] } = serviceSpec(service);
      const port = type === 'NodePort' ? ports.find(isHttp) : undefined;
      return port === undefined ? [] : [{ service: service.metadata.name, port: port.port, scheme: schemeOf(port) }];
    });
  const first = doors.filter(({ service }) => !objects.some((object) => calls(object, service)));
  return first.length > 0 ? first : doors;
}

const isHttp = ({ name = '', appProtocol = '', port, protocol = 'TCP' }: ServicePort): boolean =>
  protocol === 'TCP' &&
  (/^(?:https?|kubernetes\.io\/(?:h2c|wss?))$/i.test(appProtocol) || HTTP_NAME.test(name) || HTTP_PORTS.includes(port));

const schemeOf = ({ name = '', appProtocol = '', port }: ServicePort): NodeDoor['scheme'] =>
  appProtocol.toLowerCase() === 'https' || name.startsWith('https') || port === 443 ? 'https' : 'http';

function calls(object: KubernetesObject, service: string): boolean {
  if (kindOf(object) === '/ConfigMap') return Object.values(textsIn(object, 'data')).some((text) => hasWord(text, service));
  return mentions(podTemplateOf(object)?.spec, service);
}

import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Ingress } from '../../interfaces/objects.ts';
import type { Finding, Probe } from '../patient/model.ts';
import { INGRESS_CLASS, isDefault, isIngress, namesOf, objectsOf, unique } from '../patient/objects.ts';

const OLD = 'kubernetes.io/ingress.class';
/** Controllers that are installed with one command, by the name of their class. */
const CONTROLLERS: Readonly<Record<string, string>> = {
  traefik: 'helm install traefik traefik --repo https://traefik.github.io/charts --namespace traefik --create-namespace',
  nginx:
    'helm install ingress-nginx ingress-nginx --repo https://kubernetes.github.io/ingress-nginx --namespace ingress-nginx --create-namespace',
  haproxy:
    'helm install haproxy kubernetes-ingress --repo https://haproxytech.github.io/helm-charts --namespace haproxy --create-namespace',
};

/** Whether something in the cluster serves the chart's Ingresses: without it nobody reaches the app, and nothing says so. */
export const ingressClass: Probe = {
  title: 'Ingress class',
  asksCluster: true,
  async run(patient) {
    const ingresses = (await objectsOf(patient)).filter(isIngress);
    if (ingresses.length === 0) return [{ level: 'ok', message: 'the chart has no Ingress' }];
    const { items } = await patient.kubernetes.list(INGRESS_CLASS);
    return unique(ingresses.map((ingress) => examineOne(ingress, items)));
  },
};

const classOf = ({ spec, metadata }: Ingress): string | undefined => spec?.ingressClassName ?? metadata.annotations?.[OLD];

function examineOne(ingress: Ingress, classes: readonly KubernetesObject[]): Finding {
  const name = `Ingress/${ingress.metadata.name}`;
  const wanted = classOf(ingress);
  const there = namesOf(classes);
  const listed = there.length === 0 ? 'there is none at all' : `there are: ${there.join(', ')}`;
  if (wanted !== undefined && wanted !== '') {
    if (there.includes(wanted)) return { level: 'ok', message: `${name} has the class ${wanted}, which is there` };
    const [other] = there;
    const mend =
      CONTROLLERS[wanted] ?? (other === undefined ? CONTROLLERS.traefik : `set ingressClassName to ${other} in the chart's values`);
    return { level: 'fail', message: `${name} asks for the class "${wanted}", and ${listed}`, mend };
  }
  const usual = classes.filter(isDefault);
  if (usual.length > 0) return { level: 'ok', message: `${name} gets the default class ${namesOf(usual).join(', ')}` };
  const [first] = there;
  return {
    level: 'fail',
    message: `${name} names no class, and the cluster has no default one: ${listed}`,
    mend:
      first === undefined ? CONTROLLERS.traefik : `kubectl annotate ingressclass ${first} ingressclass.kubernetes.io/is-default-class=true`,
  };
}

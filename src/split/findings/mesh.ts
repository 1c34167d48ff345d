import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { titleOf } from '../kinds/objects.ts';
import { podTemplateOf } from '../kinds/pods.ts';
import type { Finding } from '../model.ts';

/** Labels and annotations by which pods ask for a mesh's sidecar. */
const POD_MARKS: Readonly<Record<string, string>> = {
  'sidecar.istio.io/inject': 'true',
  'linkerd.io/inject': 'enabled',
  'kuma.io/sidecar-injection': 'enabled',
  'consul.hashicorp.com/connect-inject': 'true',
};
/** The same for a whole namespace. */
const NAMESPACE_MARKS: Readonly<Record<string, string>> = {
  'istio-injection': 'enabled',
  'linkerd.io/inject': 'enabled',
  'kuma.io/sidecar-injection': 'enabled',
};

const MESSAGE = "gets a service mesh's sidecar, which sends a Service's traffic to any color, whatever the hosts file says";
const HINT = 'Set stack: active: pods then call the active color. Or take the pods out of the mesh.';

export function meshRefusals(own: readonly KubernetesObject[], stack: 'own' | 'active'): Finding[] {
  const meshed = own.filter((object) => {
    const metadata = podTemplateOf(object)?.metadata;
    return marked({ ...metadata?.annotations, ...metadata?.labels }, POD_MARKS);
  });
  return stack === 'own' ? meshed.map((object) => ({ object: titleOf(object), message: MESSAGE, hint: HINT })) : [];
}

/** The same for the labels and annotations of the live namespace. */
export function meshNamespaceRefusals(namespace: KubernetesObject, stack: 'own' | 'active'): Finding[] {
  const { labels, annotations, name } = namespace.metadata;
  const meshed = marked({ ...labels, ...annotations }, NAMESPACE_MARKS) || labels?.['istio.io/rev'] !== undefined;
  return stack === 'own' && meshed ? [{ object: `Namespace/${name}`, message: `every pod in it ${MESSAGE}`, hint: HINT }] : [];
}

function marked(marks: Readonly<Record<string, string>>, known: Readonly<Record<string, string>>): boolean {
  return Object.entries(known).some(([key, value]) => marks[key] === value);
}

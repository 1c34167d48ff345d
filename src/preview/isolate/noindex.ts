import { POD } from '../../deploy/kube/names.ts';
import { GATEWAY_CLASS } from '../../interfaces/gateway.ts';
import type { KindRef, Kubernetes, KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Pod } from '../../interfaces/objects.ts';
import type { Own } from '../../interfaces/own.ts';
import { NOINDEX, NOINDEX_HEADER } from '../../split/index.ts';
import { FIELD_MANAGER, type NoIndex } from '../../split/model.ts';
import { readable } from './readable.ts';

const NAME = 'todo-deploy-preview-noindex';
const MIDDLEWARE: KindRef = { apiVersion: 'traefik.io/v1alpha1', kind: 'Middleware' };
const CONFIG_MAP: KindRef<KubernetesObject & { kind: 'ConfigMap'; data?: Record<string, string> }> = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
};
const FEATURE = 'HTTPRouteResponseHeaderModification';

/**
 * What makes the cluster's front doors say that nobody is to index a preview; what that takes is made in its namespace. Only what a front door
 * is known to take is used: of what it does not know it makes an error for everybody who visits. What may not be read is not used.
 */
export async function ensureNoIndex(kubernetes: Kubernetes, own: Own): Promise<NoIndex> {
  const [middleware, headers, filter] = await Promise.all([
    forTraefik(kubernetes, own),
    forIngressNginx(kubernetes, own),
    forGateways(kubernetes),
  ]);
  return { middleware, headers, filter: filter === true };
}

/** A Middleware, where Traefik reads them. */
const forTraefik = (kubernetes: Kubernetes, own: Own): Promise<string | undefined> =>
  readable(async () => {
    if ((await kubernetes.resource(MIDDLEWARE)) === undefined) return undefined;
    const { items } = await kubernetes.list(POD, { allNamespaces: true, labelSelector: 'app.kubernetes.io/name=traefik' });
    if (items.length === 0 || !items.every(readsMiddlewares)) return undefined;
    const spec = { headers: { customResponseHeaders: { [NOINDEX_HEADER]: NOINDEX } } };
    return await made(kubernetes, { ...MIDDLEWARE, metadata: metadataOf(own), spec });
  });

/** Pure: whether a Traefik says in its arguments that it reads its own kinds: with a name that it does not know it answers nobody. */
export const readsMiddlewares = ({ spec }: Pick<Pod, 'spec'>): boolean =>
  (spec?.containers ?? []).some(({ args = [] }) => args.some((arg) => /^--providers\.kubernetescrd(=true)?$/i.test(arg)));

/** Headers in a ConfigMap, where the controller's own lets this one be set: it refuses an Ingress that sets another. */
const forIngressNginx = (kubernetes: Kubernetes, own: Own): Promise<string | undefined> =>
  readable(async () => {
    const labelSelector = 'app.kubernetes.io/name=ingress-nginx';
    const { items } = await kubernetes.list(CONFIG_MAP, { allNamespaces: true, labelSelector });
    const lists = items.flatMap(({ data }) => data?.['global-allowed-response-headers'] ?? []);
    if (lists.length === 0 || !lists.every((list) => list.split(',').some((one) => one.trim() === NOINDEX_HEADER))) return undefined;
    return await made(kubernetes, { ...CONFIG_MAP, metadata: metadataOf(own), data: { [NOINDEX_HEADER]: NOINDEX } });
  });

/** A filter that each class of the cluster's Gateways says to know. */
const forGateways = (kubernetes: Kubernetes): Promise<boolean | undefined> =>
  readable(async () => {
    if ((await kubernetes.resource(GATEWAY_CLASS)) === undefined) return false;
    const { items } = await kubernetes.list(GATEWAY_CLASS);
    return items.length > 0 && items.every(({ status }) => featuresOf(status?.supportedFeatures).includes(FEATURE));
  });

/** Pure: names of features, as one version of the API or another lists them. */
const featuresOf = (features: readonly (string | { name: string })[] = []): string[] =>
  features.map((feature) => (typeof feature === 'string' ? feature : feature.name));

async function made(kubernetes: Kubernetes, object: KubernetesObject): Promise<string> {
  const metadata = { ...object.metadata, namespace: kubernetes.namespace };
  await kubernetes.apply({ ...object, metadata }, { fieldManager: FIELD_MANAGER, force: true });
  return metadata.name;
}

const metadataOf = ({ name, labels }: Own) => ({ name: name(NAME), labels: { ...labels } });

import { SERVICE, selects } from '../../deploy/kube/names.ts';
import type { Kubernetes, KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { NetworkPolicy } from '../../interfaces/objects.ts';

const POLICY = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' } as const;

export interface Ways {
  /** Of the pods that they are for. */
  labels: Readonly<Record<string, string>>;
  /** Ports of the database and the storage, wherever those are. */
  ports: readonly number[];
}

/** Pure: nothing comes in; out go names, and connections to these ports. */
export const ownPolicy = (name: string, { labels, ports }: Ways): KubernetesObject => ({
  ...POLICY,
  metadata: { name },
  spec: {
    podSelector: { matchLabels: labels },
    policyTypes: ['Ingress', 'Egress'],
    egress: [
      { ports: ['UDP', 'TCP'].map((protocol) => ({ port: 53, protocol })) },
      { ports: [...new Set(ports)].map((port) => ({ port, protocol: 'TCP' })) },
    ],
  },
});

/**
 * What lets the Job's pods in where policies shut the database off: undefined where its pods are open to all, since the first policy would
 * shut out everybody else. `host`: as the app names it.
 */
export async function databasePolicy(
  kubernetes: Kubernetes,
  name: string,
  host: string,
  labels: Readonly<Record<string, string>>,
): Promise<KubernetesObject | undefined> {
  const [service = '', namespace = kubernetes.namespace] = host.split('.');
  if (namespace !== kubernetes.namespace) return undefined;
  const selector = (await kubernetes.get({ ...SERVICE, name: service }))?.spec?.selector;
  if (!selector || Object.keys(selector).length === 0) return undefined;
  const { items } = await kubernetes.list<NetworkPolicy>(POLICY);
  const isShut = items.some(({ spec }) => {
    const { matchLabels, matchExpressions } = spec?.podSelector ?? {};
    const forIngress = spec?.policyTypes === undefined || spec.policyTypes.includes('Ingress');
    // A selector by expressions is taken to match: one policy more opens nothing but this way.
    return (
      forIngress && ((matchExpressions?.length ?? 0) > 0 || Object.keys(matchLabels ?? {}).length === 0 || selects(matchLabels, selector))
    );
  });
  if (!isShut) return undefined;
  return {
    ...POLICY,
    metadata: { name },
    spec: {
      podSelector: { matchLabels: selector },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: { matchLabels: labels } }] }],
    },
  };
}

import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { type Own, podsOf } from '../../interfaces/own.ts';
import { WAKER_LABEL } from '../../waker/index.ts';
import { type PreviewKey, previewLabels } from '../model/index.ts';
import type { FrontDoors } from './front-doors.ts';

/** What a preview may use at most. */
export interface Quota {
  /** Cores, Kubernetes' quantity: what one version asks for together. */
  cpu: string;
  memory: string;
  /** Of all claims together. */
  storage: string;
  /** Of one version. */
  pods: number;
}

export interface Isolation {
  key: PreviewKey;
  namespace: string;
  /** What of the namespace is this preview's. */
  own: Own;
  /** undefined: what the namespace may use is whoever's who made it. */
  quota: Quota | undefined;
  podSecurity: 'restricted' | 'baseline' | 'privileged';
  /** Where the pods are that lead users in; none: anywhere. */
  frontDoors: FrontDoors;
  /** Networks that pods may speak to, beside their own namespace and DNS: CIDR notation. */
  egress: readonly string[];
}

const NETWORK_POLICY = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' } as const;
export const QUOTA = 'todo-deploy-preview';
/** Kubernetes' own label of a namespace. */
const NAMESPACE_NAME = 'kubernetes.io/metadata.name';
const NODE_LOCAL_DNS = '169.254.20.10/32';
/** What no pod of a preview may speak to, whatever network it is in: where clouds tell machines who they are. */
export const METADATA_ADDRESS = '169.254.169.254';
const METADATA = [`${METADATA_ADDRESS}/32`, 'fd00:ec2::254/128'];

/** Pure: labels by which the API server refuses pods that could get out of their container. */
export const podSecurityLabels = (level: Isolation['podSecurity']): Record<string, string> => ({
  'pod-security.kubernetes.io/enforce': level,
  'pod-security.kubernetes.io/enforce-version': 'latest',
});

/** Pure: what stands around the pods of a preview. */
export function isolationObjects(isolation: Isolation): KubernetesObject[] {
  const { key, namespace, own, quota } = isolation;
  const metadataOf = (name: string) => ({ name: own.name(name), namespace, labels: { ...previewLabels(key), ...own.labels } });
  const metadata = metadataOf(QUOTA);
  return [
    ...(quota ? limits(quota).map((limit) => ({ apiVersion: 'v1', metadata, ...limit })) : []),
    // In and out apart: some networks (kube-router) take what a policy lets out for what it lets in, where both ends are its pods.
    { ...NETWORK_POLICY, metadata: metadataOf(`${QUOTA}-own`), spec: fromItself(own) },
    { ...NETWORK_POLICY, metadata: metadataOf(`${QUOTA}-doors`), spec: fromDoors(isolation) },
    { ...NETWORK_POLICY, metadata, spec: outward(isolation) },
  ];
}

const limits = (quota: Quota) => [
  { kind: 'ResourceQuota', spec: { hard: hardLimits(quota) } },
  { kind: 'LimitRange', spec: { limits: [{ type: 'Container', defaultRequest: { cpu: '20m', memory: '64Mi' } }] } },
];

/** While a version is updated both run: twice what one of them asks for. */
function hardLimits({ cpu, memory, storage, pods }: Quota): Record<string, string> {
  return {
    'requests.cpu': twice(cpu),
    'requests.memory': twice(memory),
    'requests.storage': storage,
    pods: String(2 * pods),
    'services.loadbalancers': '0',
    'services.nodeports': '0',
  };
}

function twice(quantity: string): string {
  const [, number = '', unit = ''] = /^([\d.]+)(.*)$/.exec(quantity) ?? [];
  return `${Number(number) * 2}${unit}`;
}

/** Pods of the preview reach one another; the waker alone, which may ask the API server, is nobody's but those who lead users in. */
const fromItself = (own: Own): object => ({
  podSelector: { ...podsOf(own), matchExpressions: [{ key: WAKER_LABEL, operator: 'DoesNotExist' }] },
  policyTypes: ['Ingress'],
  ingress: [{ from: [{ podSelector: podsOf(own) }] }],
});

const named = (name: string) => ({ namespaceSelector: { matchLabels: { [NAMESPACE_NAME]: name } } });

/** Closed, but for those who lead users in. Kubelets reach their pods whatever it says. */
function fromDoors({ namespace, own, frontDoors: { namespaces, addresses } }: Isolation): object {
  const elsewhere = { namespaceSelector: { matchExpressions: [{ key: NAMESPACE_NAME, operator: 'NotIn', values: [namespace] }] } };
  const onNodes = addresses.map((address) => ({ ipBlock: { cidr: `${address}/${address.includes(':') ? 128 : 32}` } }));
  const doors = namespaces.length > 0 ? [...namespaces.map(named), ...onNodes] : [elsewhere];
  return { podSelector: podsOf(own), policyTypes: ['Ingress'], ingress: [{ from: doors }] };
}

/** Closed, but for its own pods, DNS, and what is opened. */
function outward({ egress, own }: Isolation): object {
  const dns = {
    to: [named('kube-system'), { ipBlock: { cidr: NODE_LOCAL_DNS } }],
    ports: ['UDP', 'TCP'].map((protocol) => ({ protocol, port: 53 })),
  };
  const opened = egress.map((cidr) => ({ ipBlock: withoutMetadata(cidr) }));
  return {
    podSelector: podsOf(own),
    policyTypes: ['Egress'],
    egress: [{ to: [{ podSelector: podsOf(own) }] }, dns, ...(opened.length > 0 ? [{ to: opened }] : [])],
  };
}

/** An exception has to lie within its network. */
function withoutMetadata(cidr: string): object {
  const [address = '', bits = ''] = cidr.split('/');
  const except = METADATA.filter((one) => one.includes(':') === address.includes(':') && covers(address, Number(bits), one));
  return { cidr, ...(except.length > 0 && { except }) };
}

function covers(address: string, bits: number, other: string): boolean {
  if (address.includes(':')) return bits === 0;
  const number = (text: string): number => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - bits);
  return bits < 32 && Math.floor(number(address) / size) === Math.floor(number(other.split('/')[0] ?? '') / size);
}

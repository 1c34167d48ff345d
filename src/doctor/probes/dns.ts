import { SERVICE } from '../../deploy/kube/names.ts';
import { GATEWAY } from '../../interfaces/gateway.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { fieldAt } from '../../interfaces/values.ts';
import type { Finding, Patient, Probe } from '../patient/model.ts';
import { INGRESS, isIngress, objectsOf } from '../patient/objects.ts';

/** Whether the app's hosts lead to the cluster. On a first deploy the address is often new: a warning, with the record to create. */
export const dns: Probe = {
  title: 'DNS',
  asksCluster: false,
  async run(patient) {
    const objects = await objectsOf(patient).catch(() => []);
    const hosts = [...new Set([...objects.flatMap(hostsIn), ...(patient.url ? [new URL(patient.url).hostname] : [])])].filter(isName);
    if (hosts.length === 0) return [{ level: 'ok', message: 'the app has no host name' }];
    const doors = await doorsOf(patient).catch(() => []);
    return await Promise.all(hosts.map((host) => examineOne(patient, host, doors)));
  },
};

const isName = (host: string): boolean => !host.startsWith('*') && !/^[\d.]+$|^\[/.test(host) && host !== 'localhost';

function hostsIn(object: KubernetesObject): string[] {
  if (isIngress(object)) return (object.spec?.rules ?? []).flatMap(({ host }) => (host ? [host] : []));
  const names = object.kind === 'HTTPRoute' || object.kind === 'GRPCRoute' ? fieldAt(object, 'spec', 'hostnames') : undefined;
  return Array.isArray(names) ? names.map(String) : [];
}

/** Addresses of the cluster's front doors: of what answers Ingresses, of load balancers, and of Gateways. */
async function doorsOf({ kubernetes }: Patient): Promise<string[]> {
  const [ingresses, services] = await Promise.all([
    kubernetes.list(INGRESS, { allNamespaces: true }),
    kubernetes.list(SERVICE, { allNamespaces: true }),
  ]);
  const gateways = (await kubernetes.resource(GATEWAY)) ? await kubernetes.list(GATEWAY, { allNamespaces: true }) : { items: [] };
  const addresses = [...ingresses.items, ...services.items].flatMap(({ status }) => status?.loadBalancer?.ingress ?? []);
  const doors = gateways.items.flatMap(({ status }) => (status?.addresses ?? []).map(({ value }) => value));
  return [...new Set([...addresses.flatMap(({ ip, hostname }) => ip ?? hostname ?? []), ...doors])];
}

async function examineOne({ resolve }: Patient, host: string, doors: readonly string[]): Promise<Finding> {
  const found = await resolve(host);
  const targets = (await Promise.all(doors.map(async (door) => (/^[\d.:a-f]+$/.test(door) ? [door] : await resolve(door))))).flat();
  const [door = 'ADDRESS'] = doors;
  const record = `create the record: ${host}. ${/^[\d.]+$/.test(door) || door === 'ADDRESS' ? 'A' : /:/.test(door) ? 'AAAA' : 'CNAME'} ${door}`;
  const where = doors.length === 0 ? ' (kubectl get services --all-namespaces shows the load balancer)' : '';
  if (found.length === 0) return { level: 'warn', message: `${host} does not resolve`, mend: `${record}${where}` };
  if (targets.length === 0) return { level: 'ok', message: `${host} resolves to ${found.join(', ')}` };
  if (found.some((address) => targets.includes(address)))
    return { level: 'ok', message: `${host} leads to the cluster (${found.join(', ')})` };
  return {
    level: 'warn',
    message: `${host} leads to ${found.join(', ')}, and the cluster answers at ${doors.join(', ')}; right where something stands before it`,
    mend: record,
  };
}

import { GATEWAY, GATEWAY_CLASS, type Gateway, type GatewayClass } from '../../interfaces/gateway.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { gatewayKey, isGateway, isRoute, parentKey, parentsOf } from '../../split/gateway/attach.ts';
import { ifReadable } from '../run/optional-read.ts';
import type { Run } from '../run/run.ts';

/** Gateways that routes name, the chart's own aside, and classes, as the cluster has them. */
export interface LiveGateways {
  gateways: Gateway[];
  classes: GatewayClass[];
  /** What it was asked for and does not have: `namespace/name` of Gateways, names of classes. */
  missing: { gateways: Set<string>; classes: Set<string> };
}

/** Reads what the routes among the objects need to be judged. What the account may not read is a note. */
export async function liveGateways(run: Pick<Run, 'kubernetes' | 'report'>, objects: readonly KubernetesObject[]): Promise<LiveGateways> {
  const { kubernetes } = run;
  const found: LiveGateways = { gateways: [], classes: [], missing: { gateways: new Set(), classes: new Set() } };
  const around = { namespace: kubernetes.namespace };
  const routes = objects.filter(isRoute);
  const own = objects.filter(isGateway);
  // Where the cluster does not know the kind, the chart brings its definition, or is refused for that.
  if ((routes.length === 0 && own.length === 0) || !(await kubernetes.resource(GATEWAY))) return found;
  const ours = new Set(own.map((gateway) => gatewayKey(gateway, around)));
  const wanted = new Set(routes.flatMap((route) => parentsOf(route).map((ref) => parentKey(route, ref, around))));
  for (const key of [...wanted].filter((one) => !ours.has(one))) {
    const [namespace, name = ''] = key.split('/');
    const read = await ifReadable(run, `Gateway ${key}, by which users are led in`, async () => ({
      gateway: await kubernetes.get({ ...GATEWAY, name, namespace }),
    }));
    if (read?.gateway) found.gateways.push(read.gateway);
    else if (read) found.missing.gateways.add(key);
  }
  const classes = new Set([...own, ...found.gateways].flatMap(({ spec }) => spec?.gatewayClassName ?? []));
  for (const name of classes) {
    const read = await ifReadable(run, `GatewayClass ${name}`, async () => ({ class: await kubernetes.get({ ...GATEWAY_CLASS, name }) }));
    if (read?.class) found.classes.push(read.class);
    else if (read) found.missing.classes.add(name);
  }
  return found;
}

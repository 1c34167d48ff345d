import { HttpError } from '../../interfaces/errors.ts';
import { GATEWAY } from '../../interfaces/gateway.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { isRoute, parentsOf } from '../../split/gateway/attach.ts';
import { commonHost } from '../../split/gateway/hosts.ts';
import type { Run } from '../run/run.ts';

/** Where the Gateway answers that one of these routes names for a host; undefined where that is not known. */
export async function gatewayAddress(
  { kubernetes }: Pick<Run, 'kubernetes'>,
  objects: readonly KubernetesObject[],
  host: string,
): Promise<string | undefined> {
  const routes = objects.filter(isRoute).filter(({ spec }) => {
    const hosts = spec?.hostnames ?? [];
    return hosts.length === 0 || hosts.some((one) => commonHost(one, host) !== undefined);
  });
  for (const route of routes) {
    for (const { name, namespace = route.metadata.namespace } of parentsOf(route)) {
      try {
        const gateway = await kubernetes.get({ ...GATEWAY, name, namespace });
        const [address] = gateway?.status?.addresses ?? [];
        if (address) return address.value;
      } catch (error) {
        // Of another namespace, where the account may not look; or of a cluster without Gateways.
        if (!(error instanceof HttpError) || ![403, 404].includes(error.status)) throw error;
      }
    }
  }
  return undefined;
}

import { nodeAddresses } from '../../smoke/targets.ts';
import type { NodeDoor } from '../../split/model.ts';
import { SERVICE } from '../kube/names.ts';
import { ifReadable } from '../run/optional-read.ts';
import type { Run } from '../run/run.ts';

/** kube-proxy follows a new Service within two of its periods. */
const ROUNDS = 4;
const PAUSE_MS = 1_000;

/** What is asked about a door by the nodes. */
export type NodeDoorRun = Pick<Run, 'kubernetes' | 'report' | 'connects' | 'serverHost' | 'clock' | 'signal'>;

/**
 * The address at which one of the nodes, or the host of the API server, takes connections for the Service's node port. That host is a node of a
 * small cluster, or this machine where a tool leads its ports to the nodes. Otherwise the reason why there is no address, and what to do.
 */
export async function nodeDoorUrl(
  run: NodeDoorRun,
  doors: readonly NodeDoor[],
): Promise<{ url: string; why?: undefined } | { url?: undefined; why: string }> {
  const [door, ...others] = doors;
  if (door === undefined) return { why: 'The app has no URL' };
  if (others.length > 0) {
    const names = doors.map(({ service }) => service).join(', ');
    return { why: `Several Services have node ports (${names}): set the input "url" to the one that users open` };
  }
  const service = await run.kubernetes.get({ ...SERVICE, name: door.service });
  const port = service?.spec?.ports?.find((one) => one.port === door.port)?.nodePort;
  if (port === undefined) return { why: `Service ${door.service} has no node port yet` };
  const hosts = await hostsOf(run);
  for (let round = 1; ; round++) {
    const open = await Promise.all(hosts.map((host) => run.connects(host, port)));
    const host = hosts.find((_, index) => open[index]);
    if (host !== undefined) return { url: `${door.scheme}://${host.includes(':') ? `[${host}]` : host}:${port}` };
    if (round === ROUNDS) break;
    await run.clock.sleep(PAUSE_MS, run.signal);
  }
  return {
    why: `Service ${door.service} has the node port ${port}, and nothing takes connections there from here (${hosts.join(', ') || 'no address is known'}): set the input "url" to where users open it, such as a port that kind or Docker leads to the node`,
  };
}

async function hostsOf(run: NodeDoorRun): Promise<string[]> {
  const nodes = await ifReadable(run, 'the addresses of the nodes, for the node port', () => nodeAddresses(run.kubernetes));
  const addresses = (nodes ?? []).map(({ address }) => address);
  return [...new Set([...addresses, run.serverHost])].filter((host) => host !== '');
}

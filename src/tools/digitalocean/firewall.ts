import { ConfigurationError, type HttpError } from '../../interfaces/errors.ts';
import type { Cluster } from './model.ts';

type Interfaces = Readonly<Record<string, readonly { family: string; address: string; internal: boolean }[] | undefined>>;

/** Not routed on the internet: private, shared, link-local, for documentation and measurements, multicast and above. */
const PRIVATE = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];

/**
 * The machine's own public IPv4 address, where it has one: a self-hosted runner may, GitHub's stand behind an address that the machine itself
 * cannot see. No outside service is asked.
 */
export function publicAddress(interfaces: Interfaces): string | undefined {
  const addresses = Object.values(interfaces).flatMap((entries) => entries ?? []);
  return addresses.find(
    ({ family, address, internal }) => family === 'IPv4' && !internal && !PRIVATE.some((range) => covers(range, address)),
  )?.address;
}

/** Whether an IPv4 address or CIDR holds the address. */
export function covers(range: string, address: string): boolean {
  const [base = '', length = '32'] = range.split('/');
  const bits = Number(length);
  const mask = bits === 0 ? 0 : (-1 << (32 - bits)) >>> 0;
  const [a, b] = [toNumber(base), toNumber(address)];
  return a !== undefined && b !== undefined && bits >= 0 && bits <= 32 && (a & mask) >>> 0 === (b & mask) >>> 0;
}

function toNumber(address: string): number | undefined {
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

/** Why the cluster's API server gives no answer, where its control-plane firewall may be the reason; undefined where it is not. */
export function firewallError(cluster: Cluster, error: HttpError, address: string | undefined): ConfigurationError | undefined {
  const firewall = cluster.control_plane_firewall;
  if (error.status !== 0 || firewall?.enabled !== true) return undefined;
  const allowed = firewall.allowed_addresses ?? [];
  if (address !== undefined && allowed.some((range) => covers(range, address))) return undefined;
  const who =
    address === undefined ? 'the address that this runner is seen under is not known here' : `this runner's address is ${address}`;
  return new ConfigurationError(
    `The cluster ${cluster.name} does not answer, and its control-plane firewall lets in only ${allowed.join(', ') || 'nobody'}: ${who}`,
    {
      hint: `allow the runner: doctl kubernetes cluster update ${cluster.id} --control-plane-firewall-allowed-addresses ${[...allowed, address ?? '<address>'].join(',')}. GitHub's own runners change their address with every job: run the job on a self-hosted runner or one with a fixed address`,
      cause: error,
    },
  );
}

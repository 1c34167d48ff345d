import { existsSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { BRIDGE, type ClusterNode, HOST_IP, LOAD_SOURCES, NODES, SERVICE_RANGE } from './config.ts';
import { ClusterError } from './errors.ts';
import { run, tryRun } from './exec.ts';

/** Creates the bridge with the host's addresses on it: its own, and the sources of load. */
export async function ensureBridge(): Promise<void> {
  if (!existsSync(`/sys/class/net/${BRIDGE}`)) {
    await refuseTakenRange();
    await run('ip', ['link', 'add', BRIDGE, 'type', 'bridge']);
  }
  const addresses = [`${HOST_IP}/16`, ...LOAD_SOURCES.map((source) => `${source}/32`)];
  await batch([`link set ${BRIDGE} up`, ...addresses.map((address) => `addr replace ${address} dev ${BRIDGE}`)]);
}

async function refuseTakenRange(): Promise<void> {
  for (const address of [HOST_IP, '10.244.1.1', '10.96.0.1']) {
    const route = (await tryRun('ip', ['-o', 'route', 'get', address])) ?? '';
    if (/ via | lo | local /.test(route) || route === '') continue;
    throw new ClusterError(
      `the address ${address} is in use on this machine already (${route.split(' uid')[0]?.trim()}); the cluster needs 10.244.0.0/16, 10.245.0.0/16 and 10.96.0.0/16`,
    );
  }
}

/** Creates a node's network namespace anew, with its link, address, routes to other nodes' pods, and forwarding. */
export async function makeNodeNetwork(node: ClusterNode): Promise<void> {
  await removeNodeNetwork(node);
  await run('ip', ['netns', 'add', node.space]);
  await batch([
    `link add ${node.link} type veth peer name eth0 netns ${node.space}`,
    `link set ${node.link} master ${BRIDGE}`,
    `link set ${node.link} up`,
    // The host itself reaches pods too, as a machine in the same cloud network would.
    `route replace ${node.podRange} via ${node.ip} dev ${BRIDGE} onlink`,
  ]);
  const others = NODES.filter((other) => other.name !== node.name);
  await batch(
    [
      'link set lo up',
      `addr add ${node.ip}/16 dev eth0`,
      'link set eth0 up',
      // Without a default route, the node's own calls to Services need one to be sent at all; kube-proxy then leads them on.
      `route add ${SERVICE_RANGE} dev eth0`,
      ...others.map((other) => `route add ${other.podRange} via ${other.ip} dev eth0 onlink`),
    ],
    node,
  );
  await ensureBridgeNetfilter();
  await inNetwork(node, 'sysctl', [
    '-qw',
    'net.ipv4.ip_forward=1',
    // Between pods of one node too, Services and policies must see the packets.
    'net.bridge.bridge-nf-call-iptables=1',
    // Many short connections in a test must not fill the connection table.
    'net.netfilter.nf_conntrack_tcp_timeout_time_wait=20',
  ]);
}

async function ensureBridgeNetfilter(): Promise<void> {
  const there = () => existsSync('/proc/sys/net/bridge/bridge-nf-call-iptables');
  if (!there()) await tryRun('modprobe', ['br_netfilter']);
  if (!there())
    throw new ClusterError('the kernel module br_netfilter is missing and could not be loaded; Services between pods of one node need it');
}

/** Runs a program in a node's network namespace alone. Not `ip netns exec`: it hides the cgroups. */
async function inNetwork(node: ClusterNode, command: string, args: readonly string[], input?: string): Promise<string> {
  const enter = [`--net=/run/netns/${node.space}`, '--', command, ...args];
  return run('nsenter', enter, input === undefined ? {} : { input });
}

/** The link goes first: deleting the namespace alone leaves it for a moment, in the way of the next one. */
export async function removeNodeNetwork(node: ClusterNode): Promise<void> {
  if (existsSync(`/sys/class/net/${node.link}`)) await run('ip', ['link', 'del', node.link]);
  if (existsSync(`/run/netns/${node.space}`)) await run('ip', ['netns', 'del', node.space]);
}

export async function removeBridge(): Promise<void> {
  if (existsSync(`/sys/class/net/${BRIDGE}`)) await run('ip', ['link', 'del', BRIDGE]);
}

/** `ip netns add` makes /run/netns a mount point at its first use; undone when no one else's namespace is in it. */
export async function removeNetnsFolder(wasThere: boolean): Promise<void> {
  if (wasThere || !existsSync('/run/netns')) return;
  await tryRun('umount', ['/run/netns']);
  await rmdir('/run/netns').catch(() => {});
}

async function batch(lines: readonly string[], node?: ClusterNode): Promise<void> {
  const input = `${lines.join('\n')}\n`;
  if (node) await inNetwork(node, 'ip', ['-batch', '-'], input);
  else await run('ip', ['-batch', '-'], { input });
}

import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureRunning } from '../component.ts';
import { PATHS, SERVICE_RANGE } from '../config.ts';
import { PROGRAM_PATH } from '../exec.ts';
import { writeText } from '../files.ts';
import { writeKubeconfig } from '../kubeconfig.ts';
import { apply } from '../kubectl.ts';
import type { RunningNode } from '../node.ts';
import { clusterRole, rule } from './objects.ts';

/**
 * kube-router 2.1.0 gives the set of a rule's named ports the type hash:net when the rule has an ipBlock, else hash:ip. When a policy changes
 * from one to the other, "ipset restore" fails from then on, and no policy of the node is followed any more. A hash:net holds plain
 * addresses too, so all sets are made with that type.
 */
const IPSET = `#!/bin/sh
real() { PATH=/usr/sbin:/sbin:/usr/bin:/bin exec ipset "$@"; }
if [ "$1" != restore ]; then real "$@"; fi
sed 's/^\\(create [^ ]* hash:\\)ip /\\1net /' | real "$@"
`;

/**
 * The filter table and the sets of a node are kube-router's alone. What an earlier one left is cleared first: it may be half of a change
 * (its own --cleanup-config leaves the sets, and crashes without IPVS).
 */
const START = 'iptables -F; iptables -X; ipset destroy; exec "$0" "$@"';

/** Starts kube-router on a node as the one that enforces NetworkPolicies, and as nothing else. */
export async function ensureNetworkPolicy(node: RunningNode): Promise<void> {
  const kubeconfig = await writeKubeconfig('kube-router');
  const programs = join(PATHS.etc, 'kube-router');
  const ipset = await writeText(join(programs, 'ipset'), IPSET, 0o700);
  const args = [
    '--run-firewall=true',
    '--run-router=false',
    '--run-service-proxy=false',
    '--run-loadbalancer=false',
    `--kubeconfig=${kubeconfig}`,
    `--hostname-override=${node.name}`,
    `--service-cluster-ip-range=${SERVICE_RANGE}`,
    '--iptables-sync-period=1m',
    '--cache-sync-timeout=1m',
    '--health-port=0',
    '--metrics-port=0',
  ];
  await ensureRunning({
    name: `kube-router-${node.name}`,
    command: 'sh',
    args: ['-c', START, await realpath(join(PATHS.bin, 'kube-router')), ...args],
    enter: node.enter,
    env: { PATH: `${programs}:${PROGRAM_PATH}` },
    configs: [kubeconfig, ipset],
  });
}

export async function applyNetworkPolicyRole(): Promise<void> {
  const rules = [
    rule('', 'namespaces pods services nodes endpoints'),
    rule('networking.k8s.io', 'networkpolicies'),
    rule('discovery.k8s.io', 'endpointslices'),
  ];
  await apply(clusterRole('kube-router', rules, { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'kube-router' }));
}

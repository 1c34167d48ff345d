import { ensureRunning } from '../component.ts';
import { SERVICE_RANGE } from '../config.ts';
import { SMALL } from '../controlplane.ts';
import { writeKubeconfig } from '../kubeconfig.ts';
import { apply } from '../kubectl.ts';
import type { RunningNode } from '../node.ts';
import { clusterRole, rule } from './objects.ts';

/** Starts kube-router on a node as the one that enforces NetworkPolicies, and as nothing else. */
export async function ensureNetworkPolicy(node: RunningNode): Promise<void> {
  const kubeconfig = await writeKubeconfig('kube-router');
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
    command: 'kube-router',
    args,
    enter: node.enter,
    env: SMALL,
    configs: [kubeconfig],
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

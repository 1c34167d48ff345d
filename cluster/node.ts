import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ensureCgroup, removeCgroup } from './cgroup.ts';
import { ensureRunning } from './component.ts';
import { type ClusterNode, nodeDir, PATHS } from './config.ts';
import { ensureContainerd } from './containerd.ts';
import { writeText } from './files.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { makeNodeNetwork } from './net.ts';
import { kubeletConfig, proxyConfig } from './nodeconfig.ts';
import { type Enter, ensureSpace, findSpace } from './space.ts';

/** Enough that pods hardly notice what else this machine does: a node is a machine of its own. */
const POD_WEIGHT = 8;

/** A node whose namespaces are there, and the words to run a program inside. */
export interface RunningNode extends ClusterNode {
  enter: Enter;
}

/** Makes a node's namespaces, network and cgroup, clearing first what an earlier run may have left. */
export async function ensureNodeSpace(node: ClusterNode): Promise<RunningNode> {
  const running = await findSpace(node.space);
  if (running) return { ...node, enter: running };
  await removeCgroup(node.space);
  await makeNodeNetwork(node);
  await ensureCgroup(node.space, POD_WEIGHT);
  const dir = nodeDir(node);
  for (const folder of ['lib', 'log']) await mkdir(join(dir, folder), { recursive: true });
  const binds = [
    [join(dir, 'lib'), '/var/lib'],
    [join(dir, 'log'), '/var/log'],
  ] as const;
  return { ...node, enter: (await ensureSpace({ name: node.space, netns: node.space, binds })).enter };
}

/** Starts containerd on a node. It needs no API server. */
export async function ensureRuntime(node: RunningNode): Promise<void> {
  await ensureContainerd(node, node.enter);
}

/** Starts the kubelet and kube-proxy of a node; the API server must serve. */
export async function ensureNodeAgents(node: RunningNode): Promise<void> {
  await Promise.all([ensureKubelet(node), ensureProxy(node)]);
}

async function ensureKubelet(node: RunningNode): Promise<void> {
  const etc = join(PATHS.etc, node.name);
  const kubeconfig = await writeKubeconfig(`${node.name}-client`);
  // Pods' own resolver points at the cluster's DNS; nodes have no other.
  const resolvConf = await writeText(join(etc, 'resolv.conf'), '# no names outside the cluster\n', 0o644);
  const config = await writeText(join(etc, 'kubelet.yaml'), stringify(kubeletConfig(node, resolvConf)));
  const args = [`--kubeconfig=${kubeconfig}`, `--config=${config}`, '--root-dir=/var/lib/kubelet', '--cert-dir=/var/lib/kubelet/pki'];
  args.push(`--hostname-override=${node.name}`, `--node-ip=${node.ip}`);
  await ensureRunning({
    name: `kubelet-${node.name}`,
    command: 'kubelet',
    args,
    enter: node.enter,
    configs: [config, kubeconfig],
  });
}

async function ensureProxy(node: RunningNode): Promise<void> {
  const kubeconfig = await writeKubeconfig('kube-proxy');
  const config = await writeText(join(PATHS.etc, node.name, 'kube-proxy.yaml'), stringify(proxyConfig(node, kubeconfig)));
  const args = [`--config=${config}`];
  await ensureRunning({
    name: `kube-proxy-${node.name}`,
    command: 'kube-proxy',
    args,
    enter: node.enter,
    configs: [config, kubeconfig],
  });
}

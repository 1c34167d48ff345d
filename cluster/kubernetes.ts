import { addonImage } from './addons/image.ts';
import { bindRole } from './addons/objects.ts';
import { lastLines } from './component.ts';
import { NODES } from './config.ts';
import { ensureControlPlane } from './controlplane.ts';
import { ClusterError, messageOf } from './errors.ts';
import { prepareHost } from './host.ts';
import { apply, kubectl, waitFor } from './kubectl.ts';
import { ensureBridge } from './net.ts';
import { ensureNodeAgents, ensureNodeSpace, ensureRuntime, type RunningNode } from './node.ts';
import { ensurePki } from './pki.ts';
import type { Need } from './programs.ts';
import { step } from './progress.ts';

/** The two nodes and the control plane, up to both nodes Ready. */
export async function ensureKubernetes(need: Need): Promise<RunningNode[]> {
  const nodes = await step('namespaces, network, certificates', async () => {
    await prepareHost();
    await Promise.all([ensurePki(), ensureBridge()]);
    const made: RunningNode[] = [];
    for (const node of NODES) made.push(await ensureNodeSpace(node));
    return made;
  });
  await Promise.all([controlPlane(need, nodes), runtimes(need, nodes)]);
  await step('nodes Ready', () => Promise.all(nodes.map(ensureNode)));
  return nodes;
}

async function controlPlane(need: Need, [first]: readonly RunningNode[]): Promise<void> {
  await need('etcd', 'kubernetes');
  await step('control plane', async () => {
    await ensureControlPlane((first as RunningNode).enter);
    // The API server asks kubelets for logs, exec and port-forward under this name.
    const user = { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'kube-apiserver-kubelet-client' };
    await apply([bindRole('kube-apiserver-kubelet-client', 'system:kubelet-api-admin', user)]);
  });
}

async function runtimes(need: Need, nodes: readonly RunningNode[]): Promise<void> {
  await need('runc', 'cni', 'pause', 'containerd');
  await step('containerd on both nodes', async () => {
    await Promise.all(nodes.map(ensureRuntime));
    await addonImage(
      'pause',
      nodes.map((node) => node.enter),
    );
  });
}

async function ensureNode(node: RunningNode): Promise<void> {
  await ensureNodeAgents(node);
  try {
    await waitFor(`node/${node.name}`, 'condition=Ready', 60);
  } catch (error) {
    throw new ClusterError(`${node.name} did not become Ready: ${messageOf(error)}. ${await lastLines(`kubelet-${node.name}`)}`);
  }
  const spec = JSON.stringify({ spec: { podCIDR: node.podRange, podCIDRs: [node.podRange] } });
  await kubectl(['patch', 'node', node.name, '--type=merge', '-p', spec]);
}

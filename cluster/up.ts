import { type ClusterNode, NODES } from './config.ts';
import { lastLines } from './component.ts';
import { ensureControlPlane } from './controlplane.ts';
import { ClusterError, messageOf } from './errors.ts';
import { prepareHost } from './host.ts';
import { importPause } from './pause.ts';
import { kubectl, waitFor } from './kubectl.ts';
import { ensureBridge } from './net.ts';
import { ensureNodeAgents, ensureNodeSpace, ensureRuntime } from './node.ts';
import { ensurePki } from './pki.ts';
import { step } from './progress.ts';
import type { Enter } from './space.ts';

/** The two nodes and the control plane, up to both nodes Ready. */
export async function ensureKubernetes(): Promise<ReadonlyMap<string, Enter>> {
  const spaces = await step('namespaces, network, certificates', async () => {
    await prepareHost();
    await Promise.all([ensurePki(), ensureBridge()]);
    const enters = new Map<string, Enter>();
    for (const node of NODES) enters.set(node.name, await ensureNodeSpace(node));
    return enters;
  });
  const enterOf = (node: ClusterNode) => spaces.get(node.name) as Enter;
  const runtimes = step('containerd on both nodes', () =>
    Promise.all(
      NODES.map(async (node) => {
        await ensureRuntime(node, enterOf(node));
        await importPause(enterOf(node));
      }),
    ),
  );
  await Promise.all([step('control plane', () => ensureControlPlane(enterOf(NODES[0]))), runtimes]);
  await step('nodes Ready', () => Promise.all(NODES.map((node) => ensureNode(node, enterOf(node)))));
  return spaces;
}

async function ensureNode(node: ClusterNode, enter: Enter): Promise<void> {
  await ensureNodeAgents(node, enter);
  try {
    await waitFor(`node/${node.name}`, 'condition=Ready', 60);
  } catch (error) {
    throw new ClusterError(`${node.name} did not become Ready: ${messageOf(error)}. ${await lastLines(`kubelet-${node.name}`)}`);
  }
  const spec = JSON.stringify({ spec: { podCIDR: node.podRange, podCIDRs: [node.podRange] } });
  await kubectl(['patch', 'node', node.name, '--type=merge', '-p', spec]);
}

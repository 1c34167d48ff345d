import { stop } from '../../../cluster/component.ts';
import { NODES } from '../../../cluster/config.ts';
import { waitFor } from '../../../cluster/kubectl.ts';
import { ensureNodeAgents } from '../../../cluster/node.ts';
import { findSpace } from '../../../cluster/space.ts';

/** Stops a component of the embedded cluster. Returns what starts it again, and waits until its node is ready. */
export async function stopped(component: `kubelet-${string}`): Promise<() => Promise<void>> {
  const node = NODES.find(({ name }) => component.endsWith(name));
  const enter = node && (await findSpace(node.space));
  if (!enter) throw new Error(`There is no ${component}`);
  await stop(component);
  return async () => {
    await ensureNodeAgents({ ...node, enter });
    await waitFor(`node/${node.name}`, 'condition=Ready', 60);
  };
}

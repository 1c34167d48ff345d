import { rm } from 'node:fs/promises';
import { BUILD_SPACE } from './buildkit.ts';
import { removeCgroup } from './cgroup.ts';
import { stop } from './component.ts';
import { NODES, RUN } from './config.ts';
import { restoreHost } from './host.ts';
import { removeBridge, removeNetnsFolder, removeNodeNetwork } from './net.ts';
import { startedNames } from './pidfile.ts';
import { step } from './progress.ts';
import { endSpace, spaceComponent } from './space.ts';

const SPACES = [...NODES.map((node) => node.space), BUILD_SPACE];
/** Stopped before the rest, so that nothing new starts and nothing is written any more. */
const FIRST = ['kubelet', 'kube-controller-manager', 'kube-scheduler'];

/** Ends all processes and gives the host back as it was. State (images, volumes, etcd) stays unless `purge`. */
export async function down({ purge = false }: { purge?: boolean } = {}): Promise<void> {
  await step('stopping programs', async () => {
    const inits = SPACES.map(spaceComponent);
    const names = (await startedNames()).filter((name) => !inits.includes(name));
    const first = names.filter((name) => FIRST.some((prefix) => name.startsWith(prefix)));
    await Promise.all(first.map((name) => stop(name)));
    // The API server waits for its watchers longer than we want to.
    await Promise.all(names.filter((name) => !first.includes(name)).map((name) => stop(name, 3_000)));
  });
  await step('ending pods, removing namespaces, links, cgroups', async () => {
    await Promise.all(SPACES.map(endSpace));
    for (const space of SPACES) await removeCgroup(space);
    for (const node of NODES) await removeNodeNetwork(node);
    await removeBridge();
    await removeNetnsFolder(await restoreHost());
  });
  if (purge) await step('removing state', () => rm(RUN, { recursive: true, force: true }));
}

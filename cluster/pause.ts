import { join } from 'node:path';
import { nodeImage } from './addons/image.ts';
import { PATHS } from './config.ts';
import { PAUSE_IMAGE } from './containerd.ts';
import type { Enter } from './space.ts';

/** Makes the image whose process holds a pod's namespaces known on the nodes. */
export async function importPause(nodes: readonly Enter[]): Promise<void> {
  await nodeImage(PAUSE_IMAGE.replace('localhost/', ''), nodes, { binary: join(PATHS.bin, 'pause') });
}

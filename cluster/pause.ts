import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ctr, importImage, PAUSE_IMAGE } from './containerd.ts';
import { RUN, PATHS } from './config.ts';
import { singleBinaryImage } from './images/oci.ts';
import type { Enter } from './space.ts';

/** Makes the image whose process holds a pod's namespaces known on a node. */
export async function importPause(enter: Enter): Promise<void> {
  if ((await ctr(enter, ['images', 'ls', '-q']))?.split('\n').includes(PAUSE_IMAGE)) return;
  const out = join(RUN, 'images/pause.tar');
  if (!existsSync(out)) await singleBinaryImage({ out, ref: PAUSE_IMAGE, binary: join(PATHS.bin, 'pause') });
  await importImage(enter, out);
}

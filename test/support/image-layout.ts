import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packFiles } from '../../cluster/images/layer.ts';
import { hostArchitecture, Layout } from '../../cluster/images/oci.ts';

/** Returns the folder of an OCI layout with one image of one layer, made of these files. */
export async function layoutOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'layout-'));
  const tar = join(folder, 'layer.tar');
  await packFiles(
    Object.entries(files).map(([path, content]) => ({ path, content })),
    tar,
  );
  const layout = await Layout.open(join(folder, 'layout'));
  const layers = [await layout.putLayer(tar)];
  await layout.tag(await layout.putImage({ layers, config: {}, architecture: hostArchitecture() }), 'latest');
  return layout.dir;
}

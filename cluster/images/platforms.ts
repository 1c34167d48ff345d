import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageConfig } from './config.ts';
import { type ImageFile, packFiles } from './layer.ts';
import { type Descriptor, Layout } from './oci.ts';

/** What one platform of an image holds. `architecture` is Go's name; foreign programs need not run, a scan reads files only. */
export interface Platform {
  architecture: string;
  files: readonly ImageFile[];
  config?: ImageConfig;
}

/** Writes an OCI layout in `dir` with one index over several Linux platforms, named `ref`. Returns the index's descriptor. */
export async function writePlatforms(dir: string, ref: string, platforms: readonly Platform[]): Promise<Descriptor> {
  const scratch = await mkdtemp(join(tmpdir(), 'platforms-'));
  try {
    const layout = await Layout.open(dir);
    const manifests: Descriptor[] = [];
    for (const { architecture, files, config = {} } of platforms) {
      const tar = join(scratch, `${architecture}.tar`);
      await packFiles(files, tar);
      manifests.push(await layout.putImage({ layers: [await layout.putLayer(tar)], config, architecture }));
    }
    const index = await layout.putIndex(manifests);
    await layout.tag(index, ref);
    return index;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Files by which Trivy recognises an npm package in an image; it need not be installed. */
export function npmPackageFiles(name: string, version: string): ImageFile[] {
  return [{ path: `/app/node_modules/${name}/package.json`, content: JSON.stringify({ name, version, license: 'MIT' }) }];
}

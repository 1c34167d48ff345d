import { mkdir, mkdtemp, realpath, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { ImageConfig } from './config.ts';
import { type ImageFile, packFiles } from './layer.ts';
import { Layout } from './layout.ts';
import { run } from './process.ts';

export type { Descriptor, Layer } from './descriptor.ts';
export type { ImageFile } from './layer.ts';
export { Layout } from './layout.ts';

/** What `writeOciTar` needs. `architecture` is Go's name (`amd64`, `arm64`) and defaults to this machine's. */
export interface OciTar {
  out: string;
  /** Full reference the image gets on import, `docker.io/library/pause:1`. */
  ref: string;
  files: readonly ImageFile[];
  config: ImageConfig;
  architecture?: string;
}

/** This machine's architecture as OCI and Go name it. */
export function hostArchitecture(): string {
  const names: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };
  return names[process.arch] ?? process.arch;
}

/** Writes an image of one layer as a tar that `ctr images import` takes; replaces `out` in one step. */
export async function writeOciTar({ out, ref, files, config, architecture = hostArchitecture() }: OciTar): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'image-'));
  try {
    const tar = join(scratch, 'layer.tar');
    await packFiles(files, tar);
    const layout = await Layout.open(join(scratch, 'layout'));
    const layer = await layout.putLayer(tar, { gzip: false });
    await layout.tag(await layout.putImage({ layers: [layer], config, architecture }), ref);
    await mkdir(dirname(out), { recursive: true });
    await run('tar', ['-C', layout.dir, '-cf', `${out}.part`, 'oci-layout', 'index.json', 'blobs']);
    await rename(`${out}.part`, out);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** A static binary as an image: `/name` is the entrypoint, run as `user` (65532 unless told). */
export async function singleBinaryImage(image: {
  out: string;
  ref: string;
  binary: string;
  /** File name inside the image; the binary's own by default. */
  name?: string;
  user?: string;
  extraFiles?: readonly ImageFile[];
  architecture?: string;
}): Promise<void> {
  const path = `/${image.name ?? basename(image.binary)}`;
  // A link would be packed as a link.
  const source = await realpath(image.binary);
  await writeOciTar({
    out: image.out,
    ref: image.ref,
    files: [{ path, source, mode: 0o755 }, { path: '/tmp', directory: true, mode: 0o1777 }, ...(image.extraFiles ?? [])],
    config: { entrypoint: [path], user: image.user ?? '65532' },
    ...(image.architecture === undefined ? {} : { architecture: image.architecture }),
  });
}

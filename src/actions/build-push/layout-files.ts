import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError } from '../../interfaces/errors.ts';
import { isDigest } from '../../interfaces/image-reference.ts';
import type { ArchiveEntry, LayoutStore } from '../../interfaces/layout-store.ts';
import type { Descriptor } from '../../interfaces/registry.ts';
import type { TempFiles } from '../../runtime/temp.ts';
import { packTar } from '../../tools/tar.ts';

/** OCI layouts below RUNNER_TEMP. */
export class LayoutFiles implements LayoutStore {
  readonly #temp: TempFiles;

  constructor(temp: TempFiles) {
    this.#temp = temp;
  }

  async create(name: string): Promise<string> {
    return this.#temp.directory(name);
  }

  async index(layout: string): Promise<string> {
    return readFile(join(layout, 'index.json'), 'utf8');
  }

  async blob(layout: string, digest: string): Promise<Uint8Array> {
    return readFile(blobPath(layout, digest));
  }

  async view(layout: string, image: Descriptor, indexJson: string): Promise<string> {
    const folder = this.#temp.directory(`view-${image.digest.slice(7, 19)}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    await writeFile(join(folder, 'index.json'), indexJson);
    await symlink(join(layout, 'blobs'), join(folder, 'blobs'));
    return folder;
  }

  async pack(layout: string, name: string, entries: readonly ArchiveEntry[]): Promise<string> {
    const path = join(this.#temp.directory(`archive-${name}`), 'image.tar');
    await packTar(path, entries, (digest) => blobPath(layout, digest));
    return path;
  }
}

function blobPath(layout: string, digest: string): string {
  if (!isDigest(digest)) throw new ToolError(`"${digest}" is not a digest`);
  return join(layout, 'blobs', ...digest.split(':'));
}

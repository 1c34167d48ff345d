import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../src/build/layout.ts';
import type { Descriptor } from '../../src/interfaces/registry.ts';

export const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const INDEX = 'application/vnd.oci.image.index.v1+json';
export const CONFIG = 'application/vnd.oci.image.config.v1+json';
export const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

/** A layout in memory, as BuildKit writes it. */
export class Layout {
  readonly blobs = new Map<string, Buffer>();
  read = async (digest: string): Promise<Uint8Array> => {
    const blob = this.blobs.get(digest);
    if (blob === undefined) throw new Error(`no blob ${digest}`);
    return blob;
  };
  /** Objects as JSON, text as it stands. */
  add(value: unknown, mediaType: string): Descriptor {
    const bytes = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
    const digest = sha256(bytes);
    this.blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  }
  config(architecture: string, layers: number, os = 'linux'): Descriptor {
    const diffIds = Array.from({ length: layers }, (_, index) => sha256(`${architecture}${index}`));
    return this.add({ os, architecture, rootfs: { type: 'layers', diff_ids: diffIds } }, CONFIG);
  }
  /** Its layers are texts. */
  image(architecture: string, layers: readonly string[] = ['one'], more: object = {}): Descriptor {
    return this.add(
      {
        schemaVersion: 2,
        mediaType: MANIFEST,
        config: this.config(architecture, layers.length),
        layers: layers.map((text) => this.add(text, LAYER)),
        ...more,
      },
      MANIFEST,
    );
  }
  /** As a folder. */
  write(folder: string, root: Descriptor): void {
    mkdirSync(join(folder, 'blobs', 'sha256'), { recursive: true });
    writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    writeFileSync(join(folder, 'index.json'), indexJson(root));
    for (const [digest, bytes] of this.blobs) writeFileSync(join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length)), bytes);
  }
  index(manifests: readonly object[], more: object = {}): Descriptor {
    return this.add({ schemaVersion: 2, mediaType: INDEX, manifests, ...more }, INDEX);
  }
}

/** `index.json` */
export const indexJson = (...manifests: object[]): string => JSON.stringify({ schemaVersion: 2, manifests });

export const on = (descriptor: Descriptor, architecture: string, more: object = {}): Descriptor => ({
  ...descriptor,
  platform: { os: 'linux', architecture, ...more },
});

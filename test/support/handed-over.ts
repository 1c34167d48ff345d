import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sha256 } from '../../src/build/layout.ts';
import type { Descriptor } from '../../src/interfaces/registry.ts';
import { CONFIG, INDEX, LAYER, Layout, MANIFEST } from './layout.ts';

/** The layout of several images that a job hands over; its layers really are packed. */
export class HandedOverLayout extends Layout {
  readonly entries: object[] = [];

  /** Bytes as they stand. */
  blob(bytes: Buffer, mediaType: string): Descriptor {
    const digest = sha256(bytes);
    this.blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  }

  /** `diffIds`: what the configuration says the layers unpack to. */
  packed(contents: readonly Buffer[], { architecture = 'amd64', diffIds = contents.map((one) => sha256(one)) } = {}): Descriptor {
    const config = this.add({ os: 'linux', architecture, rootfs: { type: 'layers', diff_ids: diffIds } }, CONFIG);
    const layers = contents.map((content) => this.blob(gzipSync(content), LAYER));
    return this.add({ schemaVersion: 2, mediaType: MANIFEST, config, layers }, MANIFEST);
  }

  named(name: string, root: Descriptor, more: object = {}): this {
    this.entries.push({ ...root, ...more, annotations: { 'org.opencontainers.image.ref.name': name } });
    return this;
  }

  indexText(): string {
    return JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: this.entries });
  }

  save(folder: string): string {
    mkdirSync(join(folder, 'blobs', 'sha256'), { recursive: true });
    writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    writeFileSync(join(folder, 'index.json'), this.indexText());
    for (const [digest, bytes] of this.blobs) writeFileSync(join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length)), bytes);
    return folder;
  }
}

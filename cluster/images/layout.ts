import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { configBlob, type ImageConfig } from './config.ts';
import type { Descriptor, Layer } from './descriptor.ts';

const MEDIA = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  tar: 'application/vnd.oci.image.layer.v1.tar',
  tarGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

/** An OCI image layout in a folder (image-spec 1.1). Blobs are written beside and renamed, so a kill leaves no half blob. */
export class Layout {
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  /** Opens the layout in `dir`, making it when there is none. */
  static async open(dir: string): Promise<Layout> {
    await mkdir(join(dir, 'blobs/sha256'), { recursive: true });
    await writeFile(join(dir, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    return new Layout(dir);
  }

  blobPath(digest: string): string {
    return join(this.dir, 'blobs', digest.replace(':', '/'));
  }

  /** Stores bytes as a blob. */
  async putBlob(mediaType: string, bytes: Uint8Array): Promise<Descriptor> {
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    await writeFile(this.blobPath(digest), bytes);
    return { mediaType, digest, size: bytes.byteLength };
  }

  /** Stores a tar as a layer, gzipped unless `gzip` is false. */
  async putLayer(tar: string | Readable, { gzip = true, mediaType }: { gzip?: boolean; mediaType?: string } = {}): Promise<Layer> {
    const plain = createHash('sha256');
    const stored = createHash('sha256');
    const part = join(this.dir, `.part-${randomUUID()}`);
    const source = typeof tar === 'string' ? createReadStream(tar) : tar;
    const squeeze = gzip ? [createGzip({ level: 6 })] : [];
    try {
      await pipeline([source, tap(plain), ...squeeze, tap(stored), createWriteStream(part)]);
      const digest = `sha256:${stored.digest('hex')}`;
      const { size } = await stat(part);
      await rename(part, this.blobPath(digest));
      const type = mediaType ?? (gzip ? MEDIA.tarGzip : MEDIA.tar);
      return { descriptor: { mediaType: type, digest, size }, diffId: `sha256:${plain.digest('hex')}` };
    } finally {
      await rm(part, { force: true });
    }
  }

  /** Writes config and manifest of an image for one platform. */
  async putImage(image: { layers: readonly Layer[]; config: ImageConfig; architecture: string }): Promise<Descriptor> {
    const config = await this.putBlob(MEDIA.config, json(configBlob(image.config, image.architecture, image.layers)));
    const layers = image.layers.map((layer) => layer.descriptor);
    const manifest = await this.putBlob(MEDIA.manifest, json({ schemaVersion: 2, mediaType: MEDIA.manifest, config, layers }));
    return { ...manifest, platform: { os: 'linux', architecture: image.architecture } };
  }

  /** Writes the manifest of an artifact: an empty config of type `configType`, and blobs that are no root layers. */
  async putArtifact(configType: string, layers: readonly Descriptor[]): Promise<Descriptor> {
    const config = await this.putBlob(configType, json({}));
    return this.putBlob(MEDIA.manifest, json({ schemaVersion: 2, mediaType: MEDIA.manifest, config, layers }));
  }

  /** Writes an index over images of several platforms. */
  async putIndex(manifests: readonly Descriptor[]): Promise<Descriptor> {
    return this.putBlob(MEDIA.index, json({ schemaVersion: 2, mediaType: MEDIA.index, manifests }));
  }

  /** Names `descriptor` in index.json under each reference; a name that was there moves. */
  async tag(descriptor: Descriptor, ...refs: string[]): Promise<void> {
    const path = join(this.dir, 'index.json');
    const old = await readFile(path, 'utf8').catch(() => '{"manifests":[]}');
    const kept = (JSON.parse(old) as { manifests: Descriptor[] }).manifests.filter((m) => !refs.includes(m.annotations?.[REF] ?? ''));
    const named = refs.map((ref) => ({ ...descriptor, annotations: { [REF]: ref, 'io.containerd.image.name': ref } }));
    await writeFile(path, json({ schemaVersion: 2, mediaType: MEDIA.index, manifests: [...kept, ...named] }));
  }
}

const REF = 'org.opencontainers.image.ref.name';

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function tap(hash: ReturnType<typeof createHash>): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
}

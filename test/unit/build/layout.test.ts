import { describe, expect, test } from '@jest/globals';
import { OCI_INDEX, readLayout, sha256, singleImageIndex } from '../../../src/build/layout.ts';
import type { Descriptor } from '../../../src/interfaces/registry.ts';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** A layout in memory, as BuildKit writes it. */
class Layout {
  readonly blobs = new Map<string, Buffer>();
  read = async (digest: string): Promise<Uint8Array> => {
    const blob = this.blobs.get(digest);
    if (blob === undefined) throw new Error(`no blob ${digest}`);
    return blob;
  };
  add(value: unknown, mediaType: string): Descriptor {
    const bytes = Buffer.from(JSON.stringify(value));
    const digest = sha256(bytes);
    this.blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  }
  image(architecture: string, layer = 100): Descriptor {
    const config = this.add({ os: 'linux', architecture }, 'application/vnd.oci.image.config.v1+json');
    return this.add({ config: { ...config, size: 10 }, layers: [{ size: layer }, { size: 1 }] }, MANIFEST);
  }
}

const index = (...manifests: Descriptor[]): string => JSON.stringify({ schemaVersion: 2, manifests });

describe('a layout', () => {
  test('of one image: its platform is read from its configuration', async () => {
    const layout = new Layout();
    const image = layout.image('amd64');
    const content = await readLayout(index({ ...image, annotations: { 'org.opencontainers.image.ref.name': 'x' } }), layout.read);
    expect(content).toEqual({ root: image, platforms: [{ platform: 'linux/amd64', descriptor: image, bytes: 111 }], attestations: [] });
  });

  test('of several platforms, with attestations', async () => {
    const layout = new Layout();
    const [amd, arm, note] = [layout.image('amd64'), layout.image('arm64', 200), layout.image('unknown')];
    const list = [
      { ...amd, platform: { os: 'linux', architecture: 'amd64' } },
      { ...arm, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
      {
        ...note,
        platform: { os: 'unknown', architecture: 'unknown' },
        annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
      },
    ];
    const root = layout.add({ manifests: list }, OCI_INDEX);
    const content = await readLayout(index(root), layout.read);
    expect(content.platforms.map(({ platform, bytes }) => [platform, bytes])).toEqual([
      ['linux/amd64', 111],
      ['linux/arm64/v8', 211],
    ]);
    expect(content.attestations.map(({ digest }) => digest)).toEqual([note.digest]);
    expect(content.root).toEqual(root);
  });

  test('the same image under two names is one', async () => {
    const layout = new Layout();
    const image = layout.image('amd64');
    expect((await readLayout(index(image, image), layout.read)).platforms).toHaveLength(1);
  });

  test('a view shows one image, without its names', () => {
    const image = new Layout().image('arm64');
    const view = JSON.parse(singleImageIndex({ ...image, annotations: { a: 'b' } }));
    expect(view.manifests).toEqual([image]);
  });

  test('what is not as it should be is said', async () => {
    const layout = new Layout();
    const [one, two] = [layout.image('amd64'), layout.image('arm64')];
    await expect(readLayout(index(one, two), layout.read)).rejects.toThrow('The layout holds 2 images, expected one');
    await expect(readLayout(index(), layout.read)).rejects.toThrow('The layout holds 0 images, expected one');
    await expect(readLayout('{}', layout.read)).rejects.toThrow('index.json of the layout is not an OCI index');
    layout.blobs.set(one.digest, Buffer.from('{"config":{}}'));
    await expect(readLayout(index(one), layout.read)).rejects.toThrow(`Blob ${one.digest} of the layout has different content`);
    const empty = layout.add({ manifests: [] }, OCI_INDEX);
    await expect(readLayout(index(empty), layout.read)).rejects.toThrow('The layout holds no image of any platform');
  });

  test('an index that holds itself many times over ends', async () => {
    const layout = new Layout();
    let root = layout.add({ manifests: [] }, OCI_INDEX);
    for (let depth = 0; depth < 8; depth++) root = layout.add({ manifests: [root] }, OCI_INDEX);
    await expect(readLayout(index(root), layout.read)).rejects.toThrow('nested too deeply');
  });
});

import { describe, expect, test } from '@jest/globals';
import { archiveOf, idsOf } from '../../../src/build/archive.ts';
import { readLayout } from '../../../src/build/layout.ts';
import { loadImages } from '../../../src/build/load.ts';
import type { BuiltLayout } from '../../../src/build/model.ts';
import type { ImageArchive } from '../../../src/interfaces/home-cluster.ts';
import { contentTag, isContentTag } from '../../../src/interfaces/image-reference.ts';
import { indexJson, Layout, on } from '../../support/layout.ts';

async function built(name: string, root: (layout: Layout) => ReturnType<Layout['image']>): Promise<BuiltLayout> {
  const layout = new Layout();
  const content = await readLayout(indexJson(root(layout)), layout.read);
  const spec = { name, context: '.', buildArgs: {}, platforms: [] };
  return { spec, layout: `/layouts/${name}`, ...content, provenance: {}, durationMs: 0 };
}

const web = () => built('web', (layout) => layout.image('amd64', ['one', 'two', 'one']));

describe('the tag', () => {
  test('is that of the configuration, which names all layers', async () => {
    const first = await web();
    expect(idsOf(first)).toEqual({
      tag: contentTag(first.platforms[0]?.blobs[0]?.digest ?? ''),
      ids: [first.platforms[0]?.blobs[0]?.digest, first.root.digest],
    });
    const other = await built('web', (layout) => layout.image('amd64', ['one']));
    expect(idsOf(other).tag).not.toBe(idsOf(first).tag);
    expect(idsOf(await web()).tag).toBe(idsOf(first).tag);
    expect(isContentTag(idsOf(first).tag)).toBe(true);
  });

  test.each(['content-3f2a9c1b77d04e1', 'content-3f2a9c1b77d04e1g', 'main', undefined])('%s is none', (tag) =>
    expect(isContentTag(tag)).toBe(false),
  );
});

describe('the archive', () => {
  test('is an OCI layout and docker’s archive of the same blobs, each once', async () => {
    const image = await web();
    const [config, ...layers] = image.platforms[0]?.blobs ?? [];
    const path = ({ digest }: { digest: string }) => `blobs/sha256/${digest.slice(7)}`;
    const entries = archiveOf(image, 'docker.io/library/web:content-1');
    const contents = Object.fromEntries(entries.flatMap((entry) => ('content' in entry ? [[entry.name, JSON.parse(entry.content)]] : [])));
    expect(contents).toEqual({
      'oci-layout': { imageLayoutVersion: '1.0.0' },
      'index.json': {
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.index.v1+json',
        manifests: [
          {
            ...image.root,
            annotations: {
              'io.containerd.image.name': 'docker.io/library/web:content-1',
              'org.opencontainers.image.ref.name': 'content-1',
            },
          },
        ],
      },
      'manifest.json': [{ Config: path(config ?? image.root), RepoTags: ['docker.io/library/web:content-1'], Layers: layers.map(path) }],
    });
    const blobs = entries.filter((entry) => 'blob' in entry).map(({ name }) => name);
    expect(blobs).toEqual([...new Set([image.root, ...(config ? [config] : []), ...layers].map(path))]);
    expect(layers).toHaveLength(3);
    expect(blobs).toHaveLength(4);
  });

  test('is of one platform, also where an index says so', async () => {
    const one = await built('web', (layout) => layout.index([on(layout.image('amd64'), 'amd64')]));
    const index = archiveOf(one, 'r.example/web:content-1').find(({ name }) => name === 'index.json');
    expect(index).toMatchObject({ content: expect.stringContaining(one.platforms[0]?.descriptor.digest ?? '') });
    const two = await built('web', (layout) => layout.index([on(layout.image('amd64'), 'amd64'), on(layout.image('arm64'), 'arm64')]));
    expect(() => idsOf(two)).toThrow('Image "web" was built for linux/amd64, linux/arm64: nodes take one platform');
  });
});

describe('loading', () => {
  async function load(
    layouts: BuiltLayout[],
    { scanned = layouts.map(({ root }) => root.digest), registry = '' } = {},
    loaded: ImageArchive[] = [],
  ) {
    await loadImages(layouts, {
      store: { pack: async (layout, name) => `${layout}/${name}.tar` },
      log: { info: () => undefined },
      scanned: new Set(scanned),
      repositoryOf: (name) => `${registry}${name}`,
      load: async (archive) => void loaded.push(archive),
      signal: new AbortController().signal,
    });
    return loaded;
  }

  test.each([
    ['', 'docker.io/library/web'],
    ['acme/', 'docker.io/acme/web'],
    ['registry.example.com/acme/', 'registry.example.com/acme/web'],
  ])('below "%s" an image is %s', async (registry, name) => {
    const image = await web();
    const loaded = await load([image], { registry });
    const { tag, ids } = idsOf(image);
    expect(loaded).toEqual([{ path: '/layouts/web/web.tar', reference: `${name}:${tag}`, ids }]);
  });

  test('nothing is loaded where one was not scanned', async () => {
    const [first, second] = [await web(), await built('api', (layout) => layout.image('amd64', ['three']))];
    const loaded: ImageArchive[] = [];
    const run = load([first, second], { scanned: [first.root.digest] }, loaded);
    await expect(run).rejects.toThrow(`${second.root.digest} (linux/amd64) was not scanned`);
    expect(loaded).toEqual([]);
  });
});

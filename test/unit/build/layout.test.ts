import { describe, expect, test } from '@jest/globals';
import { readLayout, sha256, singleImageIndex } from '../../../src/build/layout.ts';
import { CONFIG, INDEX, indexJson, LAYER, Layout, MANIFEST, on } from '../../support/layout.ts';

const failing = (layout: Layout, ...roots: object[]) => readLayout(indexJson(...roots), layout.read);

describe('a layout', () => {
  test('of one image: its platform is read from its configuration', async () => {
    const layout = new Layout();
    const image = layout.image('amd64', ['aaaa', 'bb']);
    const content = await readLayout(indexJson({ ...image, annotations: { 'org.opencontainers.image.ref.name': 'x' } }), layout.read);
    const [only] = content.platforms;
    expect(content).toMatchObject({ root: image, indexes: [] });
    expect(content.platforms).toHaveLength(1);
    expect(only).toMatchObject({ platform: 'linux/amd64', descriptor: image });
    expect(only?.blobs.map(({ mediaType }) => mediaType)).toEqual([CONFIG, LAYER, LAYER]);
    expect(only?.bytes).toBe(6 + (only?.blobs[0]?.size ?? 0));
  });

  test('of several platforms', async () => {
    const layout = new Layout();
    const list = [on(layout.image('amd64'), 'amd64'), on(layout.image('arm64', ['two']), 'arm64', { variant: 'v8' })];
    const root = layout.index(list);
    const content = await readLayout(indexJson(root), layout.read);
    expect(content.platforms.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64/v8']);
    expect([content.root, content.indexes]).toEqual([root, [root]]);
  });

  test('the same image under two names is one', async () => {
    const layout = new Layout();
    const image = layout.image('amd64');
    expect((await readLayout(indexJson(image, image), layout.read)).platforms).toHaveLength(1);
  });

  test('a view shows one image, without its names', () => {
    const image = new Layout().image('arm64');
    const view = JSON.parse(singleImageIndex({ ...image, annotations: { a: 'b' } }));
    expect(view.manifests).toEqual([image]);
  });

  test('what is not as it should be is said', async () => {
    const layout = new Layout();
    const [one, two] = [layout.image('amd64'), layout.image('arm64')];
    await expect(failing(layout, one, two)).rejects.toThrow('The layout holds 2 images, expected one');
    await expect(failing(layout)).rejects.toThrow('The layout holds 0 images, expected one');
    await expect(readLayout('{}', layout.read)).rejects.toThrow('index.json of the layout is not an OCI index');
    await expect(failing(layout, layout.index([]))).rejects.toThrow('The layout holds no image of any platform');
    layout.blobs.set(one.digest, Buffer.from('{"config":{}}'));
    await expect(failing(layout, one)).rejects.toThrow(`Blob ${one.digest} of the layout has different content`);
  });
});

/** What a builder must not slip past the scan: it is pushed if it is in the layout. */
describe('what a scan would not see is refused', () => {
  const cases: [string, (layout: Layout) => object, string][] = [
    [
      'an entry that calls itself an attestation',
      (layout) =>
        layout.index([
          on(layout.image('amd64'), 'amd64'),
          { ...layout.image('arm64', ['two']), annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } },
        ]),
      'calls itself a reference to another',
    ],
    [
      'an attestation of the platform unknown',
      (layout) =>
        layout.index([on(layout.image('amd64'), 'amd64'), { ...layout.image('x'), platform: { os: 'unknown', architecture: 'unknown' } }]),
      'has the platform unknown/unknown',
    ],
    ['a platform of the configuration that is unknown', (layout) => layout.image('unknown'), 'has the platform linux/unknown'],
    [
      'a platform that hides another',
      (layout) => layout.index([on(layout.image('arm64'), 'amd64')]),
      'is listed for linux/amd64, but is made for linux/arm64',
    ],
    [
      'two images for one platform',
      (layout) => layout.index([on(layout.image('amd64'), 'amd64'), on(layout.image('amd64', ['two']), 'amd64')]),
      'two images for linux/amd64',
    ],
    ['a platform with a field that no one reads', (layout) => layout.index([on(layout.image('amd64'), 'amd64', { OS: 'x' })]), '"OS"'],
    ['an index in an index', (layout) => layout.index([layout.index([on(layout.image('amd64'), 'amd64')])]), 'an index within an index'],
    [
      'index and manifest at once',
      (layout) =>
        layout.index([on(layout.image('amd64'), 'amd64')], { layers: [layout.add('x', LAYER)], config: layout.config('amd64', 1) }),
      'has the field "layers"',
    ],
    [
      'manifest and index at once',
      (layout) => layout.image('amd64', ['one'], { manifests: [layout.image('arm64')] }),
      'has the field "manifests"',
    ],
    ['a field that Go reads by another name', (layout) => layout.image('amd64', ['one'], { Layers: [] }), 'has the field "Layers"'],
    ['a subject', (layout) => layout.image('amd64', ['one'], { subject: layout.image('arm64') }), 'has the field "subject"'],
    ['an artifact', (layout) => layout.image('amd64', ['one'], { artifactType: 'application/x' }), 'has the field "artifactType"'],
    ['another media type inside', (layout) => layout.image('amd64', ['one'], { mediaType: INDEX }), `says ${INDEX}`],
    ['another media type outside', (layout) => ({ ...layout.image('amd64'), mediaType: INDEX }), 'has the field "config"'],
    ['an unknown media type', (layout) => ({ ...layout.image('amd64'), mediaType: 'application/x' }), 'has the media type application/x'],
    [
      'a layer of an unknown type',
      (layout) => layout.image('amd64', [], { layers: [layout.add('x', 'application/vnd.in-toto+json')] }),
      'application/vnd.in-toto+json',
    ],
    [
      'a foreign layer',
      (layout) => layout.image('amd64', [], { layers: [layout.add('x', 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip')] }),
      'foreign.diff',
    ],
    [
      'a layer that lies elsewhere',
      (layout) => layout.image('amd64', [], { layers: [{ ...layout.add('x', LAYER), urls: ['https://example.com/x'] }] }),
      'has the field "urls"',
    ],
    ['a descriptor that is content', (layout) => ({ ...layout.image('amd64'), data: 'e30=' }), 'has the field "data"'],
    [
      'a configuration of an unknown type',
      (layout) =>
        layout.image('amd64', ['one'], { config: { ...layout.config('amd64', 1), mediaType: 'application/vnd.oci.empty.v1+json' } }),
      'vnd.oci.empty',
    ],
    [
      'more layers than the configuration knows',
      (layout) => layout.image('amd64', ['one', 'two'], { config: layout.config('amd64', 1) }),
      '2 layers',
    ],
    ...['RootFS', 'rootf\u017f'].map((key): [string, (layout: Layout) => object, string] => [
      `a configuration whose layers Go finds under ${key}`,
      (layout) => {
        const config = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [sha256('x')] }, [key]: { diff_ids: [] } };
        return layout.image('amd64', ['one'], { config: layout.add(config, CONFIG) });
      },
      `has the field "${key}" for "rootfs"`,
    ]),
    ['another size', (layout) => ({ ...layout.image('amd64'), size: 1 }), 'instead of 1'],
    ['a digest that is none', (layout) => ({ ...layout.image('amd64'), digest: 'sha256:../x' }), 'is not a digest'],
    ['a descriptor that is none', () => ({ mediaType: MANIFEST }), 'is not a digest'],
    ['a manifest that is no JSON', (layout) => layout.add('{"config":', MANIFEST), 'is not JSON'],
    ['a manifest that is null', (layout) => layout.add('null', MANIFEST), 'is not an object'],
    ['a configuration that is no JSON', (layout) => layout.image('amd64', ['one'], { config: layout.add('[', CONFIG) }), 'is not JSON'],
    ['layers that are no list', (layout) => layout.image('amd64', [], { layers: { length: 0 } }), 'lists no layers'],
    [
      'a key twice',
      (layout) =>
        layout.add(
          `{"schemaVersion":2,"mediaType":"${MANIFEST}","layers":[],"config":${JSON.stringify(layout.config('amd64', 0))},"layers":[]}`,
          MANIFEST,
        ),
      'has a key twice',
    ],
  ];
  test.each(cases)('%s', async (_, make, message) => {
    const layout = new Layout();
    const refused = failing(layout, make(layout));
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toMatchObject({ name: 'ToolError' });
  });

  test('index.json that is no JSON, or has no entries', async () => {
    const layout = new Layout();
    for (const text of ['', '[]', 'null', '{"manifests":[null]}', '{"manifests":["x"]}', '{"manifests":[[]]}']) {
      await expect(readLayout(text, layout.read)).rejects.toMatchObject({ name: 'ToolError' });
    }
  });
});

test('an empty image has no layers, and is one', async () => {
  const layout = new Layout();
  const content = await readLayout(indexJson(layout.image('amd64', [])), layout.read);
  expect(content.platforms[0]?.blobs.map(({ digest }) => digest)).toEqual([
    sha256(layout.blobs.get(layout.config('amd64', 0).digest) ?? ''),
  ]);
});

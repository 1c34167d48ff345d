import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkSent, contentsOf } from '../../../src/build/contents.ts';
import { type LayoutContent, readLayout } from '../../../src/build/layout.ts';
import type { BuiltLayout } from '../../../src/build/model.ts';
import { DeployError } from '../../../src/interfaces/errors.ts';
import type { Descriptor } from '../../../src/interfaces/registry.ts';
import { CONFIG, INDEX, indexJson, LAYER, Layout, MANIFEST } from '../../support/layout.ts';

type Json = null | string | number | boolean | Json[] | { [key: string]: Json };

const built = (content: LayoutContent): BuiltLayout => ({
  spec: { name: 'app', context: '.', buildArgs: {}, platforms: [] },
  layout: '/layout',
  ...content,
  provenance: {},
  durationMs: 0,
});
const scansOf = ({ platforms }: LayoutContent): Set<string> => new Set(platforms.map(({ descriptor }) => descriptor.digest));

describe('what is sent', () => {
  test('was scanned, all of it', async () => {
    const layout = new Layout();
    const content = await readLayout(indexJson(layout.index([layout.image('amd64'), layout.image('arm64', ['one', 'two'])])), layout.read);
    const contents = contentsOf(built(content), scansOf(content));
    expect(contents.manifests.map(({ digest }) => digest)).toEqual([...scansOf(content), content.root.digest]);
    // Two configurations, and the layer that both share once.
    expect(contents.blobs).toHaveLength(4);
    for (const digest of scansOf(content)) {
      const others = new Set([...scansOf(content)].filter((other) => other !== digest));
      expect(() => contentsOf(built(content), others)).toThrow(expect.objectContaining({ reason: 'push-failed' }));
    }
  });

  test('is compared with what was asked for', () => {
    const one: Descriptor = { mediaType: MANIFEST, digest: 'sha256:1', size: 1 };
    const contents = { manifests: [one], blobs: [] };
    expect(() => checkSent('app', contents, ['sha256:1'])).not.toThrow();
    expect(() => checkSent('app', contents, [])).toThrow('sha256:1 was not sent');
    expect(() => checkSent('app', contents, ['sha256:1', 'sha256:2'])).toThrow('sha256:2 was sent, which was not scanned');
  });
});

/** What a builder may write, right and wrong. */
const fields = fc.constantFrom('manifests', 'layers', 'config', 'subject', 'urls', 'artifactType', 'Layers', 'data', 'x');
const types = fc.constantFrom(INDEX, MANIFEST, LAYER, CONFIG, 'application/x');
/** Mostly right, or hardly any layout would be taken. */
const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
const platform = rarely(fc.record({ os: fc.constantFrom('linux', 'unknown'), architecture: fc.constantFrom('amd64', 'arm64', 'unknown') }));
const marks = fc.constantFrom<object>(
  ...[1, 2, 3, 4, 5, 6].map(() => ({})),
  { annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } },
  { annotations: { a: 'b' } },
);
const edit = fc.record({ field: fields, target: fc.nat(), type: rarely(types), platform, marks, list: fc.boolean() });
const plan = fc.record({
  images: fc.array(
    fc.record({
      architecture: fc.constantFrom('amd64', 'arm64', 'arm', 's390x', 'unknown'),
      layers: fc.array(fc.nat(3), { maxLength: 3 }),
    }),
    {
      maxLength: 3,
    },
  ),
  edits: fc.array(fc.record({ at: fc.nat(), more: edit }), { maxLength: 1 }),
  entries: fc.array(fc.record({ at: fc.nat(), platform, marks, type: rarely(types) }), { maxLength: 3 }),
  nested: rarely(fc.constant(true)),
  rootType: rarely(types),
});

/** A layout made to that plan; wherever a document refers to another one, by whatever field, a reader might follow. */
function layoutOf({
  images,
  edits,
  entries,
  nested,
  rootType,
}: typeof plan extends fc.Arbitrary<infer T> ? T : never): [Layout, Descriptor] {
  const layout = new Layout();
  const made = images.map(({ architecture, layers }) => layout.image(architecture, layers.map(String)));
  for (const { at, more } of edits) {
    const base = made[at % Math.max(1, made.length)] ?? layout.image('amd64');
    const target = made[more.target % Math.max(1, made.length)] ?? base;
    const refers = {
      ...target,
      ...more.marks,
      ...(more.type && { mediaType: more.type }),
      ...(more.platform && { platform: more.platform }),
    };
    const before = JSON.parse(layout.blobs.get(base.digest)?.toString() ?? '{}') as Record<string, Json>;
    made.push(layout.add({ ...before, [more.field]: more.list ? [refers] : refers }, MANIFEST));
  }
  const listed = entries.flatMap(({ at, platform: on, marks: mark, type }) => {
    const image = made[at % Math.max(1, made.length)];
    return image === undefined ? [] : [{ ...image, ...mark, ...(on && { platform: on }), ...(type && { mediaType: type }) }];
  });
  const index = layout.index(listed);
  const root = nested ? layout.index([index, ...listed]) : ((made.length === 1 ? made[0] : undefined) ?? index);
  return [layout, rootType === null ? root : { ...root, mediaType: rootType }];
}

/** Every digest that stands anywhere in the documents that the root leads to. `opaque` are layers: nobody reads them as documents. */
function reachable(layout: Layout, digest: string, opaque: ReadonlySet<string>, found = new Set<string>()): Set<string> {
  if (found.has(digest)) return found;
  found.add(digest);
  if (opaque.has(digest)) return found;
  for (const [other] of layout.blobs
    .get(digest)
    ?.toString()
    .matchAll(/sha256:[0-9a-f]{64}/g) ?? []) {
    if (layout.blobs.has(other)) reachable(layout, other, opaque, found);
  }
  return found;
}

test('random layouts: what is pushed was scanned, and nothing else can be reached from it', async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(plan, async (wanted) => {
      const [layout, root] = layoutOf(wanted);
      let content: LayoutContent;
      try {
        content = await readLayout(indexJson(root), layout.read);
      } catch (error) {
        expect(error).toBeInstanceOf(DeployError);
        return;
      }
      accepted += 1;
      const { manifests, blobs } = contentsOf(built(content), scansOf(content));
      const sent = new Set([...manifests, ...blobs].map(({ digest }) => digest));
      const layers = new Set(blobs.filter(({ mediaType }) => mediaType === LAYER).map(({ digest }) => digest));
      expect([...reachable(layout, root.digest, layers)].filter((digest) => !sent.has(digest))).toEqual([]);
      for (const { digest, mediaType } of manifests) {
        expect(scansOf(content).has(digest) || (digest === root.digest && mediaType === INDEX)).toBe(true);
      }
    }),
    { numRuns: 3000 },
  );
  expect(accepted).toBeGreaterThan(200);
});

import { basename } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allProgramFolders } from '../../../cluster/programs/cache.ts';
import { kubernetesFolders } from '../../../cluster/programs/pins.ts';
import { platform, publishedAt } from '../../../cluster/programs/published/address.ts';
import { ARTIFACT, LAYER, layersOf, manifestOf, OCI_MANIFEST, tagOf } from '../../../cluster/programs/published/artifact.ts';

const DIGEST = `sha256:${'1'.repeat(64)}`;
const OTHER = `sha256:${'2'.repeat(64)}`;
const LISTED = { [platform]: DIGEST };
const CONFIG = { mediaType: '', digest: OTHER, size: 2 };

test.each([
  ['nothing is asked', undefined, LISTED, { repository: 'ghcr.io/org/todo-deploy/programs', digest: DIGEST }],
  ['an empty variable', '', LISTED, { repository: 'ghcr.io/org/todo-deploy/programs', digest: DIGEST }],
  ['a mirror', 'mirror.lan:5000/programs', LISTED, { repository: 'mirror.lan:5000/programs', digest: DIGEST }],
  ['a digest of one’s own', `mirror.lan/programs@${OTHER}`, LISTED, { repository: 'mirror.lan/programs', digest: OTHER }],
  ['a digest of one’s own, none listed', `mirror.lan/programs@${OTHER}`, {}, { repository: 'mirror.lan/programs', digest: OTHER }],
  ['off', 'off', LISTED, 'TODO_DEPLOY_PROGRAMS is off'],
  ['nothing published', undefined, {}, `cluster/programs/published.json names none for ${platform}`],
  [
    'a slip in the list',
    undefined,
    { [platform]: 'sha256:12' },
    `cluster/programs/published.json names "sha256:12" for ${platform}, which is not a digest`,
  ],
  ['another platform alone', undefined, { 'plan9/mips': DIGEST }, `cluster/programs/published.json names none for ${platform}`],
])('where programs are taken from: %s', (_, asked, list, expected) => {
  expect(publishedAt({ TODO_DEPLOY_PROGRAMS: asked }, list)).toEqual(expected);
});

test.each([
  'on',
  'programs',
  'Mirror.lan/Programs',
  'mirror.lan/programs:v1',
  'mirror.lan/programs@sha256:12',
  'mirror.lan/programs@latest',
])('TODO_DEPLOY_PROGRAMS=%s is refused with what it can be', (asked) => {
  expect(() => publishedAt({ TODO_DEPLOY_PROGRAMS: asked }, LISTED)).toThrow(
    `TODO_DEPLOY_PROGRAMS is ${asked}: "${asked.includes('@') ? asked.split('@')[1] : asked}" is not a `,
  );
  expect(() => publishedAt({ TODO_DEPLOY_PROGRAMS: asked }, LISTED)).toThrow(
    'it can be off, a repository (ghcr.io/org/todo-deploy/programs), or one with a digest (@sha256:…)',
  );
});

const builds = fc.uniqueArray(
  fc.record({
    key: fc.stringMatching(/^[a-z]{2,9}-v\d\.\d-[0-9a-f]{12}$/),
    layer: fc.record({
      mediaType: fc.constant(LAYER),
      digest: fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `sha256:${hex}`),
      size: fc.integer({ min: 1, max: 1 << 30 }),
    }),
  }),
  { selector: ({ key }) => key },
);

test('a manifest is read as it was written, whatever the order of its builds', () => {
  fc.assert(
    fc.property(builds, (some) => {
      const bytes = manifestOf(some, CONFIG, 'https://example.com');
      expect(manifestOf([...some].reverse(), CONFIG, 'https://example.com')).toEqual(bytes);
      expect(layersOf(bytes)).toEqual(new Map(some.map(({ key, layer }) => [key, layer])));
      const parsed = JSON.parse(bytes.toString()) as { mediaType: string; artifactType: string };
      expect(parsed).toMatchObject({ mediaType: OCI_MANIFEST, artifactType: ARTIFACT });
    }),
  );
});

const LAYER_OF_ETCD = {
  mediaType: LAYER,
  digest: DIGEST,
  size: 5,
  annotations: { 'org.opencontainers.image.title': 'etcd-v1-0123456789ab.tar.gz' },
};

test.each<[string, object, string]>([
  ['an image', { artifactType: undefined }, `it is not of type ${ARTIFACT}`],
  ['no layers', { layers: undefined }, `it is not of type ${ARTIFACT}`],
  ['a layer that is none', { layers: [null] }, 'a layer "" of type "" is no program'],
  ['a layer of another type', { layers: [{ ...LAYER_OF_ETCD, mediaType: 'text/plain' }] }, 'of type "text/plain" is no program'],
  ['a layer without a name', { layers: [{ ...LAYER_OF_ETCD, annotations: {} }] }, 'a layer "" of type'],
  ['a digest that leads elsewhere', { layers: [{ ...LAYER_OF_ETCD, digest: '../../etcd' }] }, 'has the digest "../../etcd"'],
  ['no size', { layers: [{ ...LAYER_OF_ETCD, size: undefined }] }, 'has -1 bytes'],
  ['a size beyond all', { layers: [{ ...LAYER_OF_ETCD, size: 2 ** 40 }] }, 'has 1099511627776 bytes'],
])('%s is refused', (_, change, why) => {
  const manifest = { artifactType: ARTIFACT, layers: [LAYER_OF_ETCD], ...change };
  expect(() => layersOf(Buffer.from(JSON.stringify(manifest)))).toThrow(why);
});

test('the tag names the platform, and is another one when any build is', () => {
  const keys = allProgramFolders().map((folder) => basename(folder));
  const tag = tagOf(keys, 'linux/amd64');
  expect(tag).toMatch(/^linux-amd64-[0-9a-f]{12}$/);
  expect(tagOf([...keys].reverse(), 'linux/amd64')).toBe(tag);
  for (const key of keys)
    expect(
      tagOf(
        keys.map((other) => (other === key ? `${key}0` : other)),
        'linux/amd64',
      ),
    ).not.toBe(tag);
});

test('what is published holds every Kubernetes', () => {
  const versions = allProgramFolders().flatMap((folder) => /^kubernetes-v(\d+\.\d+)\./.exec(basename(folder))?.[1] ?? []);
  expect(versions.sort()).toEqual(Object.keys(kubernetesFolders).sort());
});

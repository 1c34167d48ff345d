import { describe, expect, test } from '@jest/globals';
import { contentKey, type KeySettings } from '../../../../src/build/known/key.ts';
import type { ImageSpec } from '../../../../src/build/model.ts';

const image: ImageSpec = { name: 'web', context: '/work/web', file: '/work/web/Dockerfile', buildArgs: { A: '1', B: '2' }, platforms: [] };
const settings: KeySettings = {
  secrets: ['npm'],
  labels: { 'org.opencontainers.image.source': 'x' },
  contexts: {},
  builder: 'own',
  epoch: '',
};
const files = (content: Record<string, string | undefined> = {}, dockerfile = 'FROM scratch') => ({
  digest: async (folder: string) => (folder in content ? content[folder] : 'same'),
  dockerfile: async () => dockerfile,
});
const key = (more: Partial<ImageSpec> = {}, set: Partial<KeySettings> = {}, read = files()): Promise<string | undefined> =>
  contentKey({ ...image, ...more }, { ...settings, ...set }, read);

describe('the key of what goes into a build', () => {
  test.each<[string, () => Promise<string | undefined>]>([
    ['a file of the context', () => key({}, {}, files({ '/work/web': 'other' }))],
    ['the Dockerfile', () => key({}, {}, files({}, 'FROM scratch\n#'))],
    ['a build argument', () => key({ buildArgs: { A: '1', B: '3' } })],
    ['an argument less', () => key({ buildArgs: { A: '1' } })],
    ['the target', () => key({ target: 'test' })],
    ['a platform', () => key({ platforms: ['linux/arm64'] })],
    ['a label', () => key({ labels: { team: 'a' } })],
    ['a label of ours', () => key({}, { labels: { 'org.opencontainers.image.source': 'y' } })],
    ['an annotation', () => key({ annotations: { 'index:team': 'a' } })],
    ['the id of a secret', () => key({}, { secrets: ['pip'] })],
    ['an agent', () => key({ ssh: ['default=/run/agent'] })],
    ['a build context', () => key({ contexts: { lib: '/work/lib' } })],
    ['the name of a build context', async () => key({ contexts: { lib2: '/work/lib' } })],
    ['a previous image', () => key({}, { contexts: { previous: 'docker-image://r.example/web@sha256:1' } })],
    ['the builder', () => key({}, { builder: 'other' })],
    ['the time that files get', () => key({}, { epoch: '1' })],
  ])('changes with %s', async (_, other) => {
    expect(await other()).toMatch(/^sha256:/);
    expect(await other()).not.toBe(await key());
  });

  test('does not change with the order of arguments, where the checkout lies, or the commit', async () => {
    expect(await key({ buildArgs: { B: '2', A: '1' } })).toBe(await key());
    expect(await key({ context: '/other/web', file: '/other/web/Dockerfile' })).toBe(await key());
    const commit = (sha: string) => ({
      labels: { 'org.opencontainers.image.revision': sha, 'org.opencontainers.image.created': sha },
      annotations: { 'manifest:org.opencontainers.image.revision': sha },
    });
    expect(await key(commit('a'))).toBe(await key(commit('b')));
    expect(await key({ ssh: ['default=/run/1'] })).toBe(await key({ ssh: ['default=/run/2'] }));
  });

  test('is not known where a folder or a context is not', async () => {
    expect(await key({}, {}, files({ '/work/web': undefined }))).toBeUndefined();
    expect(await key({ contexts: { lib: 'https://example.com/lib.git' } })).toBeUndefined();
    expect(await key({ contexts: { lib: 'oci-layout:///work/lib' } })).toBeUndefined();
  });
});

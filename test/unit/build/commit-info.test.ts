import { describe, expect, test } from '@jest/globals';
import { withCommit } from '../../../src/build/commit-info.ts';

const image = { name: 'api', context: '.', buildArgs: {}, platforms: [], labels: { 'org.opencontainers.image.title': 'api' } };
const commit = { version: '1.2.3', revision: 'abc', created: '2026-11-28T10:00:00+01:00' };

describe('what an image says about its commit', () => {
  test('is nothing, unless asked for: unchanged content stays the same image', () => {
    expect(withCommit(image, 'off', commit)).toEqual(image);
  });

  test('is in its labels, where the user says nothing else', () => {
    const named = { ...image, labels: { ...image.labels, 'org.opencontainers.image.version': 'mine' } };
    expect(withCommit(named, 'labels', commit).labels).toEqual({
      'org.opencontainers.image.title': 'api',
      'org.opencontainers.image.version': 'mine',
      'org.opencontainers.image.revision': 'abc',
      'org.opencontainers.image.created': '2026-11-28T10:00:00+01:00',
    });
  });

  test('or in annotations of its manifests and index', () => {
    expect(withCommit(image, 'annotations', commit)).toMatchObject({
      labels: image.labels,
      annotations: {
        'manifest,index:org.opencontainers.image.version': '1.2.3',
        'manifest,index:org.opencontainers.image.revision': 'abc',
        'manifest,index:org.opencontainers.image.created': '2026-11-28T10:00:00+01:00',
      },
    });
  });

  test('without a repository only its version is known', () => {
    expect(withCommit(image, 'labels', { version: '7' }).labels).toEqual({ ...image.labels, 'org.opencontainers.image.version': '7' });
  });
});

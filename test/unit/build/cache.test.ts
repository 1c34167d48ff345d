import { describe, expect, test } from '@jest/globals';
import { cacheFrom, cacheScope, cacheTo } from '../../../src/build/cache.ts';

const source = { ref: 'refs/heads/main', baseRef: '', defaultBranch: 'main', isOwnEvent: true };

describe('whose build cache is read and written', () => {
  test('the default branch has the cache that all others fall back to', () => {
    expect(cacheScope(source)).toEqual({ read: ['buildcache'], write: 'buildcache' });
  });

  test('another branch has its own, and never writes the default branch’s', () => {
    expect(cacheScope({ ...source, ref: 'refs/heads/login' })).toEqual({
      read: ['buildcache-login', 'buildcache'],
      write: 'buildcache-login',
    });
  });

  test('two branches that look alike as tags do not share one', () => {
    const [slash, dash] = ['a/b', 'a-b'].map((branch) => cacheScope({ ...source, ref: `refs/heads/${branch}` }).write);
    expect(dash).toBe('buildcache-a-b');
    expect(slash).toMatch(/^buildcache-a-b-[0-9a-f]{8}$/);
    expect(cacheScope({ ...source, ref: `refs/heads/${'x'.repeat(200)}` }).write).toMatch(/^buildcache-x{80}-[0-9a-f]{8}$/);
  });

  test('a pull request reads its target’s and writes none', () => {
    const pull = { ...source, ref: 'refs/pull/7/merge', baseRef: 'release' };
    expect(cacheScope(pull)).toEqual({ read: ['buildcache-release', 'buildcache'], write: undefined });
    expect(cacheScope({ ...pull, baseRef: 'main' })).toEqual({ read: ['buildcache'], write: undefined });
    expect(cacheTo('registry', 'r.example/web', cacheScope(pull))).toEqual([]);
    expect(cacheTo('gha', 'r.example/web', cacheScope(pull))).toEqual([]);
  });

  test('an event that is not of the repository’s own people writes none, though it runs under the default branch’s name', () => {
    expect(cacheScope({ ...source, isOwnEvent: false })).toEqual({ read: ['buildcache'], write: undefined });
  });

  test('a merge queue reads its target’s and writes none', () => {
    const queue = `refs/heads/gh-readonly-queue/release/pr-12-${'a'.repeat(40)}`;
    expect(cacheScope({ ...source, ref: queue })).toEqual({ read: ['buildcache-release', 'buildcache'], write: undefined });
  });

  test('tags share one of their own, which no branch can name', () => {
    expect(cacheScope({ ...source, ref: 'refs/tags/v1.2.3' }).write).toBe('buildcache.tags');
    expect(cacheScope({ ...source, ref: 'refs/heads/.tags' }).write).toMatch(/^buildcache-tags-/);
  });

  test('outside of a workflow there is one', () => {
    expect(cacheScope({ ref: '', baseRef: '', defaultBranch: '', isOwnEvent: true })).toEqual({
      read: ['buildcache'],
      write: 'buildcache',
    });
  });

  test('as values for buildx', () => {
    const scope = cacheScope({ ...source, ref: 'refs/heads/login' });
    expect(cacheFrom('registry', 'r.example/web', scope)).toEqual([
      'type=registry,ref=r.example/web:buildcache-login',
      'type=registry,ref=r.example/web:buildcache',
    ]);
    expect(cacheTo('registry', 'r.example/web', scope)[0]).toContain('ref=r.example/web:buildcache-login,mode=max');
    expect(cacheFrom('off', 'r.example/web', scope)).toEqual([]);
  });
});

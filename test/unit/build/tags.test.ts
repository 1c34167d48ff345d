import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { imageTags, sanitizeTag, semverTags } from '../../../src/build/tags.ts';

const sha = '8f3c1d2e4b5a69788796a5b4c3d2e1f001122334';
const all = ['sha', 'branch', 'semver'];

describe('tags', () => {
  test.each([
    [all, 'refs/heads/main', [sha, 'main']],
    [all, 'refs/heads/feature/log in', [sha, 'feature-log-in']],
    [all, 'refs/heads/--', [sha]],
    [all, 'refs/tags/v1.2.3', [sha, '1.2.3', '1.2', '1']],
    [all, 'refs/tags/0.4.0', [sha, '0.4.0', '0.4']],
    [all, 'refs/tags/v2.0.0-rc.1', [sha, '2.0.0-rc.1']],
    [all, 'refs/tags/v2.0.0+build.5', [sha, '2.0.0', '2.0', '2']],
    [all, 'refs/tags/nightly', [sha, 'nightly']],
    [all, 'refs/tags/v1.2', [sha, 'v1.2']],
    [all, 'refs/tags/2026.11.08', [sha, '2026.11.08']],
    [all, 'refs/tags/api/v1.2.3', [sha, 'api-v1.2.3']],
    [all, `refs/heads/gh-readonly-queue/main/pr-7-${sha}`, [sha, 'queue-pr-7']],
    [all, `refs/heads/gh-readonly-queue/release/2.x/pr-12-${sha}`, [sha, 'queue-pr-12']],
    [all, 'refs/pull/7/merge', [sha, 'pr-7']],
    [all, '', [sha]],
    [['latest', 'sha', 'latest'], 'refs/heads/main', ['latest', sha]],
  ])('%j on %s', (rules, ref, expected) => {
    expect(imageTags(rules, { version: sha, ref })).toEqual(expected);
  });

  test.each([
    ['v1.2.3', 'a release'],
    ['1.2', 'a release'],
    ['3', 'a release'],
    ['v2.0.0-rc.1', 'a release'],
    ['latest', 'the default branch'],
    ['Latest', 'the default branch'],
    ['@latest', 'the default branch'],
    ['buildcache', 'the build cache'],
    ['buildcache-main', 'the build cache'],
    ['buildcache.tags', 'the build cache'],
    ['pr-7', 'a pull request'],
    ['pr/7', 'a pull request'],
    ['queue-pr-7', 'a pull request'],
    [sha, 'a commit'],
    [sha.toUpperCase(), 'a commit'],
    [`sha256-${'0'.repeat(64)}`, 'documents about an image'],
  ])('the branch %s cannot take a tag that means something, and it is said', (branch, owner) => {
    const said: string[] = [];
    const tag = sanitizeTag(branch);
    expect(imageTags(['branch'], { version: sha, ref: `refs/heads/${branch}` }, (line) => said.push(line))).toEqual([`branch-${tag}`]);
    expect(said.join()).toContain(`The tag ${tag} is kept for ${owner}`);
    expect(said.join()).toContain(`get branch-${tag}`);
  });

  test.each(['main', 'release-1.2', '1.x', 'v2', 'feature/pr-7-fix', 'decade', '2026-11-28', 'latest-news', 'sha256'])(
    'the branch %s is called as it is, or is a release',
    (branch) => {
      const [tag] = imageTags(['branch'], { version: sha, ref: `refs/heads/${branch}` });
      expect(tag).toBe(branch === 'v2' ? 'branch-v2' : sanitizeTag(branch));
    },
  );

  test.each(['latest', 'buildcache', 'pr-7', sha, 'queue-pr-1'])('nor can the Git tag %s', (gitTag) => {
    const said: string[] = [];
    expect(imageTags(['semver'], { version: sha, ref: `refs/tags/${gitTag}` }, (line) => said.push(line))).toEqual([`tag-${gitTag}`]);
    expect(said[0]).toContain(`The tag ${gitTag} is kept for`);
  });

  test('a Git tag that is no semantic version is said to be none', () => {
    const said: string[] = [];
    imageTags(all, { version: sha, ref: 'refs/tags/release/2.0' }, (line) => said.push(line));
    expect(said).toEqual(['The Git tag release/2.0 is no semantic version such as v1.2.3: the images get release-2.0']);
  });

  test.each([
    ['refs/heads/main', 'main', true, ['latest']],
    ['refs/heads/trunk', 'trunk', undefined, ['latest']],
    ['refs/heads/feature', 'main', true, []],
    ['refs/pull/7/merge', 'main', true, []],
    ['refs/tags/v1.2.3', 'main', true, []],
    ['refs/heads/main', '', true, ['latest']],
    ['', '', undefined, ['latest']],
    ['refs/heads/main', 'main', false, []],
  ])('latest on %s, where %s is the default branch and the event is ours (%s)', (ref, defaultBranch, isOwnEvent, expected) => {
    const said: string[] = [];
    expect(imageTags(['latest'], { version: sha, ref, defaultBranch, isOwnEvent }, (line) => said.push(line))).toEqual(expected);
    expect(said.length).toBe(expected.length === 0 ? 1 : 0);
  });

  test.each([
    ['type=sha', 'is neither a rule nor a tag', 'write sha'],
    ['type=ref', 'is neither a rule nor a tag', 'write branch'],
    ['type=raw', 'is neither a rule nor a tag', 'write the tag itself'],
    ['event=branch', 'is neither a rule nor a tag', 'write the tag itself'],
    ['ghcr.io/acme/app:1.0', 'is neither a rule nor a tag', 'write the tag alone'],
    ['a b', 'is neither a rule nor a tag', 'rules are sha, branch, semver and latest'],
    ['buildcache', 'is kept for the build cache', 'rules are'],
    ['Semver', 'did you mean "semver"?', 'rules are'],
  ])('the tag %s is refused, with what to write', (rule, what, todo) => {
    expect(() => imageTags([rule], { version: sha, ref: '' })).toThrow(
      expect.objectContaining({ message: expect.stringContaining(what), hint: expect.stringContaining(todo) }),
    );
  });

  test.each(['buildcache', 'latest', 'sha256-abc'])('the version %s is refused', (version) => {
    expect(() => imageTags(['sha'], { version, ref: '' })).toThrow(`Input "version" is "${version}": that tag is kept for`);
  });

  test('whatever a branch is called, its tag is one that a registry takes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (name) => {
        const tag = sanitizeTag(name);
        expect(tag === undefined || /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(tag)).toBe(true);
      }),
    );
  });

  test('not versions', () => {
    expect(['1.2', 'v01.2.3', 'a1.2.3', '1.2.3.4', '1.2.3-', '1.2.3-01', 'release/1.2.3'].flatMap(semverTags)).toEqual([]);
  });
});

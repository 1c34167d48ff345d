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
    [all, 'refs/tags/nightly', [sha]],
    [all, 'refs/pull/7/merge', [sha, 'pr-7']],
    [all, '', [sha]],
    [['latest', 'sha', 'latest'], 'refs/heads/main', ['latest', sha]],
  ])('%j on %s', (rules, ref, expected) => {
    expect(imageTags(rules, { version: sha, ref })).toEqual(expected);
  });

  test('neither a rule nor a tag', () => {
    expect(() => imageTags(['type=sha'], { version: sha, ref: '' })).toThrow('Input "tags": "type=sha" is neither a rule nor a tag');
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

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ALONE } from '../../../../src/interfaces/own.ts';
import { homeOf, marksWith, ownOf, sharedBy } from '../../../../src/preview/model/home.ts';
import { previewIn, previewLabels, titleOf } from '../../../../src/preview/model/marks.ts';
import { key, release } from './arbitraries.ts';

const KEY = { repositoryId: 42, number: 1 };
const SHARED = 'previews';
const object = (of = KEY, name = homeOf(of, 'todo', SHARED).marks.name, labels = previewLabels(of)) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: SHARED, uid: 'u1', labels },
});

describe('a preview that shares its namespace', () => {
  test('is a release of its own, whose marks stand on a ConfigMap', () => {
    const home = homeOf(KEY, 'todo', SHARED);
    expect(home).toMatchObject({ namespace: SHARED, release: expect.stringMatching(/^pr-1-todo-[0-9a-f]{6}$/) });
    expect(home.marks).toEqual({ apiVersion: 'v1', kind: 'ConfigMap', name: `todo-deploy-preview-${home.release}`, namespace: SHARED });
    expect([sharedBy(home), sharedBy(homeOf(KEY, 'todo', undefined))]).toEqual([SHARED, undefined]);
  });

  test('is found by its marks, whatever it is called; there is room for a color in its release, and its objects are told apart', () => {
    fc.assert(
      fc.property(key, key, release, (one, other, app) => {
        const home = homeOf(one, app, SHARED);
        const seen = previewIn(object(one, home.marks.name));
        expect(seen).toMatchObject({ key: one, release: home.release, namespace: SHARED, marks: home.marks });
        expect(seen && [titleOf(seen), ownOf(seen).labels]).toEqual([home.release, ownOf(home).labels]);
        expect(home.release).toMatch(/^[a-z0-9]([-a-z0-9]{0,45}[a-z0-9])?$/);
        const names = (of: typeof one) => ['todo-deploy-waker', 'todo-deploy-preview-seed'].map(ownOf(homeOf(of, app, SHARED)).name);
        expect(names(one).every((name) => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name))).toBe(true);
        fc.pre(one.number !== other.number || one.repositoryId !== other.repositoryId);
        expect(names(other)).not.toEqual(names(one));
        expect(previewIn(object(other, home.marks.name))).toBeUndefined();
      }),
    );
  });

  test.each<[string, ReturnType<typeof object>]>([
    ['of another name', object(KEY, 'settings')],
    ['called as its release', object(KEY, homeOf(KEY, 'todo', SHARED).release)],
    ['of another pull request', object(KEY, homeOf({ ...KEY, number: 12 }, 'todo', SHARED).marks.name)],
    ['of another repository', object(KEY, homeOf({ ...KEY, repositoryId: 4 }, 'todo', SHARED).marks.name)],
    ['without its labels', object(KEY, undefined, {})],
    ['of another kind', { ...object(), kind: 'Secret' }],
  ])('a ConfigMap %s is none', (_, one) => expect(previewIn(one)).toBeUndefined());

  test('one that has a namespace of its own has all of it', () => {
    expect(ownOf(homeOf(KEY, 'todo', undefined))).toBe(ALONE);
    expect(marksWith('a=b', undefined)).toEqual([{ apiVersion: 'v1', kind: 'Namespace' }, { labelSelector: 'a=b' }]);
    expect(marksWith('a=b', SHARED)).toEqual([
      { apiVersion: 'v1', kind: 'ConfigMap' },
      { labelSelector: 'a=b', namespace: SHARED },
    ]);
  });
});

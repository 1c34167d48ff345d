import { describe, expect, test } from '@jest/globals';
import { markerOf } from '../../../../src/preview/told/index.ts';
import { goingIn, goingMark } from '../../../../src/preview/told/unfinished.ts';

const KEY = { repositoryId: 4242, number: 7 };
const MARKED = `${markerOf(KEY, 'todo')}\n### Preview of \`todo\`: … going\n\nIt is taken down: x.\n\n${goingMark('cluster-1', 'uid-1')}`;
const comment = (body: string, author = 'us') => ({ id: 1, author, body });

describe('a comment that says that a preview goes', () => {
  test('says whose, and where', () =>
    expect(goingIn(comment(MARKED), 'us')).toMatchObject({ key: KEY, release: 'todo', place: 'cluster-1', uid: 'uid-1' }));

  test.each([
    ['somebody else’s', MARKED, 'eve'],
    ['one that says that it has gone', `${markerOf(KEY, 'todo')}\n### Preview of \`todo\`: ✓ gone`, 'us'],
    ['one that says no place', MARKED.replace(goingMark('cluster-1', 'uid-1'), ''), 'us'],
    ['one without a marker', MARKED.split('\n').slice(1).join('\n'), 'us'],
    ['a mark within a line', MARKED.replace('<!-- todo-deploy:going', 'x <!-- todo-deploy:going'), 'us'],
  ])('%s is none', (_, body, author) => expect(goingIn(comment(body, author), 'us')).toBeUndefined());
});

import { describe, expect, test } from '@jest/globals';
import { withGoing } from '../../../../src/preview/told/boxes.ts';
import { boxItems, markerOf, tickedBox, untick, withStay } from '../../../../src/preview/told/index.ts';

const KEY = { repositoryId: 42, number: 7 };
const US = 'github-actions[bot]';
const list = boxItems().map((item) => `- ${item}`);
const body = (box?: string, marker = markerOf(KEY, 'todo')): string =>
  [marker, '### up', ...list.map((line) => (box && line.includes(`:${box} `) ? line.replace('[ ]', '[x]') : line))].join('\n');
const payload = (more: object = {}) => ({
  action: 'edited',
  repository: { id: 42 },
  issue: { number: 7 },
  sender: { login: 'ada' },
  comment: { id: 99, body: body('extend'), user: { login: US } },
  changes: { body: { from: body() } },
  ...more,
});

describe('a box in the comment', () => {
  test.each(['extend', 'reset', 'delete'])('%s', (box) => {
    const comment = { id: 99, body: body(box), user: { login: US } };
    expect(tickedBox(payload({ comment }), US)).toMatchObject({ box, key: KEY, release: 'todo', sender: 'ada', comment: { id: 99 } });
  });

  test('with the line ends that a browser sends', () => {
    const comment = { id: 99, body: body('extend').replaceAll('\n', '\r\n'), user: { login: US } };
    expect(tickedBox(payload({ comment }), US)?.box).toBe('extend');
  });

  test.each<[string, object]>([
    ['in somebody else’s comment', { comment: { id: 99, body: body('delete'), user: { login: 'eve' } } }],
    ['ticked by ourselves', { sender: { login: US } }],
    ['that was ticked before', { changes: { body: { from: body('extend') } } }],
    ['of another pull request', { issue: { number: 8 } }],
    ['of another repository', { repository: { id: 43 } }],
    ['in a comment that was only written', { action: 'created' }],
    ['without a marker', { comment: { id: 99, body: body('extend', '### up'), user: { login: US } } }],
    ['with a marker that is not the first line', { comment: { id: 99, body: `x\n${body('extend')}`, user: { login: US } } }],
    ['in no comment', { comment: undefined }],
  ])('%s counts for nothing', (_, more) => expect(tickedBox(payload(more), US)).toBeUndefined());

  test('is unticked, and nothing else is', () => {
    expect(untick(body('delete'))).toBe(body());
    expect(untick(`${body('extend')}\n- [x] mine`)).toBe(`${body()}\n- [x] mine`);
  });

  test('until when it stays takes the place of what was said of that', () => {
    const once = withStay(body('extend'), '2026-12-07 12:24 UTC');
    expect(once).toBe(`${body()}\n\nIt stays until 2026-12-07 12:24 UTC.`);
    expect(withStay(withGoing(once, 'at 2026-12-07 12:24 UTC'), '2026-12-08 10:00 UTC')).toBe(
      `${body()}\n\nIt stays until 2026-12-08 10:00 UTC.`,
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import { namespaceName, type Preview, previewIn, previewLabels, previewNotes } from '../../../../src/preview/model/index.ts';
import { aheadOf } from '../../../../src/preview/up/turn.ts';

function preview(number: number, second: number, notes: { head?: string } = {}, uid = `uid-${number}`): Preview {
  const key = { repositoryId: 7, number };
  const metadata = {
    name: namespaceName(key, 'todo'),
    uid,
    labels: previewLabels(key),
    annotations: previewNotes(notes),
    creationTimestamp: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString().replace('.000', ''),
  };
  const found = previewIn({ apiVersion: 'v1', kind: 'Namespace', metadata });
  if (!found) throw new Error('it is no preview');
  return found;
}

describe('whose turn it is', () => {
  const own = preview(1, 10, {}, 'm');
  test.each<[string, Preview[], number]>([
    ['itself alone', [own], 0],
    ['one that was there before', [own, preview(2, 9)], 1],
    ['one that came later', [own, preview(2, 11)], 0],
    ['one of the same second, whatever its UID: it may have looked before', [own, preview(2, 10, {}, 'a'), preview(3, 10, {}, 'z')], 2],
    ['one that came later and is up', [own, preview(2, 11, { head: 'abc' })], 1],
  ])('%s', (_, all, ahead) => expect(aheadOf(own, all)).toBe(ahead));

  test('of two that see each other never both go on, with room for one', () => {
    const all = [preview(1, 10), preview(2, 10)];
    expect(all.filter((one) => aheadOf(one, all) < 1)).toEqual([]);
  });
});

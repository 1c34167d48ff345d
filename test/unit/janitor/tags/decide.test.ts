import { describe, expect, test } from '@jest/globals';
import { decideTags } from '../../../../src/janitor/tags/decide.ts';
import { Mentions } from '../../../../src/janitor/tags/mentions.ts';
import type { Ledger, RepositoryImages, TaggedImage } from '../../../../src/janitor/tags/model.ts';

const REPOSITORY = 'registry.example.com/acme/todo-web';
const DAY = 86_400_000;
const NOW = Date.parse('2027-03-01T00:00:00Z');
const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const commit = (letter: string): string => letter.repeat(40);
const image = (letter: string, more: Partial<TaggedImage> = {}): TaggedImage => ({
  digest: digest(letter),
  tags: [commit(letter)],
  parts: [],
  ...more,
});
const long = (...images: readonly TaggedImage[]): Ledger =>
  Object.fromEntries(images.map((one) => [`${REPOSITORY}@${one.digest}`, { since: NOW - 30 * DAY, tags: [...one.tags].sort().join(' ') }]));

interface Case {
  images: readonly TaggedImage[];
  untagged?: RepositoryImages['untagged'];
  text?: string;
  journal?: string;
  ledger?: Ledger;
  clocks?: readonly number[];
  keep?: readonly string[];
  cap?: number;
}

function decide({ images, untagged = [], text = '', journal = '', ledger = long(...images), clocks = [NOW], keep = [], cap = 20 }: Case) {
  const needs = new Mentions();
  needs.images(text);
  needs.journal(journal);
  const repositories = [{ repository: REPOSITORY, images, untagged }];
  return decideTags({ repositories, needs, ledger, clocks, cap, rules: { unusedForMs: 7 * DAY, keep } });
}
const goes = (question: Case): string[] => decide(question).removable.map(({ image: { digest: gone } }) => gone.slice(7, 8));

describe('which images may go', () => {
  test('one that nothing names, under a commit’s tag alone', () => {
    expect(goes({ images: [image('a')] })).toEqual(['a']);
  });

  test.each<[string, Case]>([
    ['a pod runs it by digest', { images: [image('a')], text: `"image":"${REPOSITORY}@${digest('a')}"` }],
    ['a pod of another name runs the same digest', { images: [image('a')], text: `"imageID":"mirror.example.com/x@${digest('a')}"` }],
    ['a template names it by its tag', { images: [image('a')], text: `{"image":"${REPOSITORY}:${commit('a')}"}` }],
    [
      'another tag of the same digest is in use',
      { images: [image('a', { tags: [commit('a'), commit('b')] })], text: `${REPOSITORY}:${commit('b')}` },
    ],
    ['a journal names its commit before its images', { images: [image('a')], journal: `{"inFlight":{"version":"${commit('a')}"}}` }],
    [
      'it is the second set of a commit in flight',
      { images: [image('a', { tags: [`${commit('a')}-01234567`] })], journal: `"${commit('a')}"` },
    ],
    ['it has a release’s tag, too', { images: [image('a', { tags: [commit('a'), '1.2.3'] })] }],
    ['it is latest, too', { images: [image('a', { tags: [commit('a'), 'latest'] })] }],
    ['its tag only looks like a short commit', { images: [image('a', { tags: ['20270301'] })] }],
    ['it is the build cache', { images: [image('a', { tags: ['buildcache'] })] }],
    ['it is a signature', { images: [image('a', { tags: [`sha256-${'b'.repeat(64)}`] })] }],
    ['the user keeps its tag', { images: [image('a')], keep: ['aa*a'] }],
    ['it is an index of which a part is in use', { images: [image('a', { parts: [digest('c')] })], text: digest('c') }],
    [
      'it is part of an index that is in use without a tag',
      { images: [image('a')], untagged: [{ digest: digest('d'), parts: [digest('a')] }] },
    ],
    ['it was never seen unused before', { images: [image('a')], ledger: {} }],
    ['it got a tag since', { images: [image('a', { tags: [commit('a'), commit('b')] })], ledger: long(image('a')) }],
    ['one of two clocks says that it is too early', { images: [image('a')], clocks: [NOW, NOW - 25 * DAY] }],
    ['the clocks were put back', { images: [image('a')], clocks: [NOW - 40 * DAY] }],
    ['no clock is known', { images: [image('a')], clocks: [] }],
    ['nothing may go in this run', { images: [image('a')], cap: 0 }],
  ])('stays: %s', (_, question) => {
    expect(goes(question)).toEqual([]);
  });

  test('a part of an index that stays, stays, and what is a part of that', () => {
    const [whole, inner, leaf] = [image('a', { tags: ['1.0.0'], parts: [digest('b')] }), image('b', { parts: [digest('c')] }), image('c')];
    expect(goes({ images: [leaf, inner, whole] })).toEqual([]);
    expect(goes({ images: [leaf, inner, { ...whole, tags: [commit('a')] }] })).toEqual(['a', 'b', 'c']);
  });

  test('an index beyond the cap keeps its parts', () => {
    const images = [image('a'), image('b', { parts: [digest('a')] })];
    expect(goes({ images, cap: 1 })).toEqual([]);
    expect(goes({ images, cap: 2 })).toEqual(['a', 'b']);
  });

  test('the longest unused go first', () => {
    const images = [image('a'), image('b')];
    const ledger = { ...long(...images), [`${REPOSITORY}@${digest('b')}`]: { since: NOW - 60 * DAY, tags: commit('b') } };
    expect(goes({ images, ledger, cap: 1 })).toEqual(['b']);
    expect(decide({ images, ledger, cap: 1 }).kept.map(({ why }) => why)).toEqual(['waits for the next run: "cap" is reached']);
  });

  test('what is in use again is forgotten by the ledger', () => {
    const images = [image('a'), image('b')];
    expect(Object.keys(decide({ images, text: digest('a') }).ledger)).toEqual([`${REPOSITORY}@${digest('b')}`]);
  });
});

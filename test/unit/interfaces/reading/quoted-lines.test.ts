import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { quotedLines } from '../../../../src/interfaces/reading/quoted-lines.ts';

const read = (text: string) => quotedLines(text, (problem, line) => new Error(`line ${line}: ${problem}`));

describe('entries of a text, one a line or in quotes', () => {
  test.each([
    [
      'a=1\nb=2',
      [
        [1, 'a=1'],
        [2, 'b=2'],
      ],
    ],
    ['\n# remark\n  a=1 \n', [[3, 'a=1 ']]],
    [
      '"a=one\ntwo"\nb=2',
      [
        [1, 'a=one\ntwo'],
        [3, 'b=2'],
      ],
    ],
    ['"a=he said ""no"""', [[1, 'a=he said "no"']]],
    ['a="b"', [[1, 'a="b"']]],
    [
      '"#a=1"\n""',
      [
        [1, '#a=1'],
        [2, ''],
      ],
    ],
    ['', []],
  ])('%j', (text, entries) => {
    expect(read(text).map(({ line, content }) => [line, content])).toEqual(entries);
  });

  test.each([
    ['x=1\n"a=1\nb', 'line 2: nothing closes it'],
    ['"a=1" b', 'line 1: something follows it'],
    ['"a=1"b"', 'line 1: something follows it'],
  ])('%j is refused, with its line', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  test('whatever is put in quotes comes back as it was', () => {
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', '"', '\n', '#', ' ', '=') })), (texts) => {
        expect(read(texts.map(quoted).join('\n')).map(({ content }) => content)).toEqual(texts);
      }),
    );
  });
});

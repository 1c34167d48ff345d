import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { code, join, link, render } from '../../../src/runtime/markdown.ts';
import { codeBlock, codeSpan, markdown, neutral, plain, shorten } from '../../../src/runtime/neutral.ts';

/** What the runner takes for a command: `::` first in a line, after any white space, or `##[` anywhere. */
const isCommand = (line: string): boolean => line.trimStart().startsWith('::') || line.includes('##[');

describe('the log', () => {
  test.each([
    ['colours', '\u001B[31mred\u001B[0m', 'red'],
    ['a title of the terminal', '\u001B]0;title\u0007x', 'x'],
    ['a link of the terminal', '\u001B]8;;http://x\u001B\\text\u001B]8;;\u001B\\', 'text'],
    ['line ends', 'a\r\nb\rc\u2028d', 'a\nb\nc\nd'],
    ['control and direction characters', 'a\u0000b\u202Ec\tD', 'abc\tD'],
  ])('%s', (_name, text, expected) => {
    expect(plain(text)).toBe(expected);
  });

  test.each([
    '::set-output name=x::y',
    '  ::stop-commands::x',
    'a\n::add-mask::x',
    '##[error]x',
    '\u001B[0m::error::x',
    '\r::warning::x',
    ':\u0000:error::x',
  ])('%j commands nothing', (text) => {
    expect(neutral(text).split('\n').some(isCommand)).toBe(false);
    expect(neutral(text)).not.toBe('');
  });

  test('no text commands anything', () => {
    const parts = fc.constantFrom(
      ':',
      '::',
      '\n',
      '\r',
      ' ',
      '\u0085',
      '\u00A0',
      '\u001B[0m',
      '##[',
      '#',
      '[',
      'error::',
      '\u200B',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(parts, fc.string()), { maxLength: 12 }), (pieces) => {
        expect(
          neutral(pieces.join(''))
            .split(/[\n\r]/)
            .some(isCommand),
        ).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('Markdown', () => {
  test.each([
    ['# no heading', '\\# no heading'],
    ['<img src=x onerror=y>', '&lt;img src=x onerror=y&gt;'],
    ['[a](http://b)', '\\[a\\]\\(http:&#47;/b\\)'],
    ['@someone', '&#64;someone'],
    ['a | b', 'a \\| b'],
    ['two\nlines', 'two lines'],
    ['1. one', '1\\. one'],
    ['see #12 & #x', 'see &#35;12 &amp; #x'],
    ['1.5 s', '1\\.5 s'],
    ['2) two', '2\\) two'],
  ])('%j', (text, expected) => {
    expect(markdown(text)).toBe(expected);
  });

  test('code keeps the text, whatever backticks it holds', () => {
    expect(codeSpan('a ` b')).toBe('``a ` b``');
    expect(codeSpan('`x`')).toBe('`` `x` ``');
    expect(codeSpan(' ')).toBe('');
    expect(codeBlock('```\nout\n```', 'text')).toBe('````text\n```\nout\n```\n````');
  });

  test('only http addresses become links', () => {
    expect(render(link('page', 'https://example.com/a?b=c'))).toBe('[page](https://example.com/a?b=c)');
    expect(render(link('page', 'javascript:alert(1)'))).toBe('page');
    expect(render(link('page', 'https://x.com/) [evil](http://y'))).toBe('page');
    expect(render(join('*a*', code('*b*')))).toBe('\\*a\\*`*b*`');
  });

  test('shortening says so', () => {
    expect(shorten('abcdef', 4)).toBe('abc…');
    expect(shorten('abcd', 4)).toBe('abcd');
  });
});

/** A search that is quadratic in the length would take minutes, and be ended by the test's own limit. */
describe('takes no longer than the text is long', () => {
  const times = 200_000;
  test.each(['\u001B]', '\u009B]', '\u001B[1;', '\u001B;', '\u001B]8;;a', '\u001B[[', '##', ':', ' \n', '\n', ' ', '` '])('%j', (unit) => {
    const text = `x${unit.repeat(times)}x`;
    for (const harmless of [neutral, markdown, codeSpan, codeBlock]) expect(harmless(text).length).toBeLessThan(8 * text.length);
  });
});

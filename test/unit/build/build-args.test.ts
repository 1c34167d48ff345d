import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseBuildArgs } from '../../../src/build/build-args.ts';

const read = (text: string): Record<string, string> => parseBuildArgs(text, 'Input "build-args"');

describe('the input build-args', () => {
  test.each([
    ['a value with # in it', 'HASH=before#after', { HASH: 'before#after' }],
    ['a value with " #" in it', 'HASH=before # after', { HASH: 'before # after' }],
    ['equals signs', 'EQ=a=b=c==', { EQ: 'a=b=c==' }],
    ['spaces at both ends', 'A=1\nSPACE=  two words  \nB=2', { A: '1', SPACE: '  two words  ', B: '2' }],
    ['spaces at the end of the last line', 'SPACE=x  ', { SPACE: 'x  ' }],
    ['quotes inside', 'Q="in quotes"\nR=\'x\'', { Q: '"in quotes"', R: "'x'" }],
    ['commas', 'C=a,b,c', { C: 'a,b,c' }],
    ['other alphabets, dollars', 'U=Zürich ✓\nD=$HOME and \u0024{HOME}', { U: 'Zürich ✓', D: '$HOME and \u0024{HOME}' }],
    ['nothing', 'E=', { E: '' }],
    ['what YAML would read', 'A=3.10\nB=007\nC=yes', { A: '3.10', B: '007', C: 'yes' }],
    ['remarks and empty lines', '# a remark\n\n  # another\n  A=1\n\n', { A: '1' }],
    ['lines of Windows', 'A=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['several lines in quotes with the name', '"A=first\nsecond\n"\nB=2', { A: 'first\nsecond\n', B: '2' }],
    ['a quote inside of quotes, written twice', '"A=say ""hi"", then\nmore"', { A: 'say "hi", then\nmore' }],
    ['a # in a line of several', '"A=first\n# no remark"', { A: 'first\n# no remark' }],
    ['the last of two of one name', 'A=1\nA=2', { A: '2' }],
    ['none', '', {}],
  ])('%s', (_what, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test.each([
    ['VERSION', 'Input "build-args": "VERSION" has no "="'],
    ['A=first\nsecond', 'Input "build-args": "second" has no "="'],
    ['=x', 'Input "build-args": "=x" has no name before its "="'],
    ['A B=x', 'Input "build-args": "A B" is not a name'],
    ['A =x', 'Input "build-args": "A " is not a name'],
    ['"A=first\nsecond', 'Input "build-args": the quote of ""A=first" is not closed at the end of a line'],
    ['"A=1" B=2', 'Input "build-args": the quote of ""A=1" B=2" is not closed at the end of a line'],
    [`A=${'x'.repeat(100_001)}`, 'Input "build-args": the value of "A" has 100002 bytes (allowed: 100000)'],
  ])('%.20s is refused', (text, message) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ name: 'ConfigurationError', message, hint: expect.anything() }));
  });

  test('whatever a value holds, in quotes it arrives as it is', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ unit: 'binary-ascii' }).filter((value) => !/[\0\r]/.test(value)),
          { maxLength: 5 },
        ),
        (values) => {
          const text = values.map((value, index) => `"A${index}=${value.replaceAll('"', '""')}"`).join('\n');
          expect(read(text)).toEqual(Object.fromEntries(values.map((value, index) => [`A${index}`, value])));
        },
      ),
    );
  });

  test('a hostile text takes no time', () => {
    for (const piece of ['"', '""', '"\n', ' ', '\n', '"a" '])
      expect(() => parseBuildArgs(piece.repeat(100_000), 'x')).not.toThrow(RangeError);
  }, 10_000);
});

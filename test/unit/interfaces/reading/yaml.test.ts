import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ConfigurationError } from '../../../../src/interfaces/errors.ts';
import { SMALL } from '../../../../src/interfaces/reading/limits.ts';
import { parseYaml, readYaml } from '../../../../src/interfaces/reading/yaml.ts';
import { ABOUT_LINEAR, growth } from '../../../support/growth.ts';

const failure = (text: string): Error => {
  try {
    parseYaml(text, 'It');
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
};

describe('what is not YAML is told by its place, never by its text', () => {
  test.each([
    ['a: [hidden-word', 'It is not valid YAML: wrong indentation, or a bracket that nothing closes at line 1, column 16'],
    ['a: 1\nhidden-word: 2\nhidden-word: 3', 'It is not valid YAML: Map keys must be unique at line 3, column 1'],
    ['a: *hidden-word', 'It is not valid YAML: an alias names nothing, or its aliases stand for too much'],
    ['a: @hidden-word', 'It is not valid YAML: a plain value begins with a reserved character; put it in quotes at line 1, column 4'],
    ['a: "\\hidden-word"', 'It is not valid YAML: an escape in double quotes is not one of YAML at line 1, column 5'],
    ['a: hidden-word: b', 'It is not valid YAML: a map begins inside of another'],
    ['a\n\thidden-word: b', 'It is not valid YAML: '],
    ['a: 1\n---\nhidden-word: 2', 'It is not valid YAML: it holds several documents at line 2'],
    ['!a !hidden-word b', 'It is not valid YAML: a value has several tags at line 1, column 4'],
    ['}hidden-word', 'It is not valid YAML: an unexpected character at line 1, column 1'],
  ])('%j', (text, message) => {
    const read = (): unknown => parseYaml(text, 'It');
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(message);
    expect(read).not.toThrow(/hidden-word/);
  });

  test('whatever it holds, it is read or refused, and no error shows any of it', () => {
    const syntax = ': |\n|  |- |[|]|{|}|"|\'|&a |*a|!t |>|#|,|? |\t|<<: |---\n|%|@|\\|\u0000'.split('|');
    const piece = fc.constantFrom('hidden-word', '|', ...syntax);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        try {
          readYaml(pieces.join(''), 'It', { stream: true });
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigurationError);
          expect(String((error as Error).message)).not.toContain('hidden');
          expect((error as Error).cause).toBeUndefined();
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('what a text may cost', () => {
  test.each([
    ['its size', 'a'.repeat(SMALL.size + 1), `it has ${SMALL.size + 1} characters (allowed: ${SMALL.size})`],
    ['lists', '['.repeat(5000), 'it is nested deeper than 100 levels'],
    ['maps', '{a: '.repeat(5000), 'it is nested deeper than 100 levels'],
    ['lists in lines', '- '.repeat(5000), 'it is nested deeper than 100 levels'],
    ['keys', '? '.repeat(5000), 'a key is a map or a list; put it in quotes'],
    ['keys that are maps', '? '.repeat(60), 'a key is a map or a list; put it in quotes'],
    ['a template that was not rendered', '{{ .Values.name }}: 1', 'a key is a map or a list; put it in quotes'],
    ['aliases', `a: &a 1\nb: [${'*a,'.repeat(101)}]`, 'it has more than 100 aliases'],
    ['aliases of aliases', aliases((name) => `[${`*${name},`.repeat(9)}]`), 'its aliases stand for too much'],
    ['merges of merges', aliases((name) => `{<<: [${`*${name},`.repeat(9)}]}`), 'It is not valid YAML'],
  ])('%s', (_name, text, message) => {
    expect(failure(text).message).toContain(message);
    expect(failure(text)).toBeInstanceOf(ConfigurationError);
  });

  test('depth and aliases that people use are read', () => {
    expect(() => parseYaml(`${'['.repeat(100)}${']'.repeat(100)}`, 'It')).not.toThrow();
    expect(parseYaml('a: &a {b: 1}\nc: *a', 'It')).toEqual({ a: { b: 1 }, c: { b: 1 } });
  });

  const UNITS = ['\n', ' ', 'a\n', 'a: b\n', '- ', '[', ',', '{', 'a: @\n', '!a ', '&a ', '? ', ': ', '# \n', '"', "'\n", '---\n', '\r\n'];
  const MORE = ['|\n \n', 'a: &a 1\n', '%\n', '<<: a\n', '"\\', '>\n\n a\n', '...\n', '*a ', '- a: b\n', '"a" ', '\t', '\n#', '\u0000'];
  test.each([...UNITS, ...MORE])('it takes no longer than the text is long: %j', (unit) => {
    const read = (size: number): void => {
      try {
        readYaml(unit.repeat(Math.ceil(size / unit.length)), 'It', { stream: true });
      } catch {
        // Refused is as good.
      }
    };
    expect(growth(read)).toBeLessThan(ABOUT_LINEAR);
  });

  test('nor do many different keys', () => {
    const keys = (size: number): string => Array.from({ length: size / 8 }, (_, index) => `k${index}: 1`).join('\n');
    expect(growth((size) => parseYaml(keys(size), 'It'))).toBeLessThan(ABOUT_LINEAR);
  });
});

/** Each one several times the one before it. */
function aliases(of: (name: string) => string): string {
  const lines = Array.from({ length: 10 }, (_, index) => `a${index + 1}: &a${index + 1} ${of(`a${index}`)}`);
  return `a0: &a0 {k: v}\n${lines.join('\n')}`;
}

import { describe, expect, test } from '@jest/globals';
import { ConfigurationError } from '../../../src/interfaces/errors.ts';
import { requireOnce, secretEntries } from '../../../src/runtime/secret-entries.ts';

const read = (text: string): Record<string, string> =>
  Object.fromEntries(secretEntries('secrets', text).map(({ name, value }) => [name, value]));

describe('secrets of an input', () => {
  test.each<[string, string, Record<string, string>]>([
    ['one a line', 'A=1 2\n\n# none\nB=x=y, "z"\r\n', { A: '1 2', B: 'x=y, "z"' }],
    ['white space around a line', '  A=x  \n\tB=y', { A: 'x', B: 'y' }],
    ['JSON without quotes around it', 'A={"a": "b"}', { A: '{"a": "b"}' }],
    ['several lines in quotes, byte for byte', '"A=one\n\n# two\r\n  three \n"\nB=y', { A: 'one\n\n# two\r\n  three \n', B: 'y' }],
    ['quotes written twice', '"A={""a"":""b"", ""c"":""""}"', { A: '{"a":"b", "c":""}' }],
    ['a quote at the end', '"A=""x"""  \n', { A: '"x"' }],
    ['an indented one', '  "A=x\n  y"', { A: 'x\n  y' }],
    ['no value', 'A=', { A: '' }],
    ['none', ' \n', {}],
  ])('%s', (_name, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test('each knows the line where it begins', () => {
    const text = '\n"A=1\n2\n3"\n# c\nB=1\n  "C=\n"\nD=1';
    expect(secretEntries('s', text).map(({ name, line }) => `${name}${line}`)).toEqual(['A2', 'B6', 'C7', 'D9']);
  });

  test.each([
    ['hidden-word', 'Input "secrets", line 1 has no "="'],
    ['A=x\nhidden-word', 'Input "secrets", line 2 has no "="'],
    ['A=x\n"B=hidden-word\n', 'Input "secrets", line 2 opens a quote that nothing closes'],
    ['"A=hidden-word" x', 'Input "secrets", line 1: something follows the quote that closes it'],
    ['\nhiddenword==', 'Input "secrets", line 2 looks like base64 without a name'],
  ])('%j: %s', (text, message) => {
    expect(() => read(text)).toThrow(ConfigurationError);
    expect(() => read(text)).toThrow(message);
    expect(() => read(text)).not.toThrow(/hidden-?word/);
  });

  test('one name twice is refused by its lines', () => {
    const entries = secretEntries('secrets', 'A=hidden-word\nB=x\nA=y').map((entry) => ({ ...entry, input: 'secrets' }));
    expect(() => requireOnce(entries)).toThrow('Input "secrets", line 3 has the same name as line 1 of "secrets"');
  });
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { type Scalars, scalarOptions } from '../../../src/interfaces/yaml-scalars.ts';

const read = (text: string, scalars: Scalars): unknown => parse(text, scalarOptions(scalars));

/** What YAML 1.1 or 1.2 makes another value of. */
const CHANGING = [
  ['3.10', '007', '0o17', '0x10', '1e3', '+5', '1_000', '.5', '5.', '1.0', '-0', '12345678901234567890', '0.1234567890123456789'],
  ['True', 'TRUE', 'yes', 'No', 'on', 'y', '~', 'Null', 'NULL', '.inf', '.nan', '2026-11-28', '2026-11-28T10:00:00Z', '12:30:45', '1.2.3'],
].flat();

describe('a scalar without quotes', () => {
  test.each(CHANGING)('%s is text where reading would change it', (source) => {
    expect(read(`a: ${source}`, 'exact')).toEqual({ a: source });
    expect(read(`a: ${source}`, 'text')).toEqual({ a: source });
    expect(read(`${source}: a`, 'text')).toEqual({ [source]: 'a' });
  });

  test.each([
    ['200', 200],
    ['-1.5', -1.5],
    ['true', true],
    ['false', false],
    ['null', null],
    ['', null],
    ['"3"', '3'],
  ])('%s is %j where types count, and text where they do not', (source, value) => {
    expect(read(`a: ${source}`, 'exact')).toEqual({ a: value });
    expect(read(`a: ${source}`, 'text')).toEqual({ a: source.replaceAll('"', '') });
  });

  test('whatever stands there, what is printed is what was written', () => {
    const plain = fc.stringMatching(/^[0-9+.~a-zA-Z-][0-9a-zA-Z._+-]{0,12}$/).filter((text) => !/^(?:-|---|\.\.\.)$/.test(text));
    fc.assert(
      fc.property(plain, (source) => {
        expect(String(read(source, 'exact'))).toBe(source);
        expect(read(source, 'text')).toBe(source);
      }),
    );
  });

  test('anchors and merge keys give several images the same arguments', () => {
    const text = 'a: {build-args: &shared {PY: 3.10}}\nb: {build-args: {<<: *shared, NUM: 007}}';
    expect(read(text, 'text')).toEqual({ a: { 'build-args': { PY: '3.10' } }, b: { 'build-args': { PY: '3.10', NUM: '007' } } });
  });
});

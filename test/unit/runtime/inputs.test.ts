import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ConfigurationError } from '../../../src/interfaces/errors.ts';
import { parseDuration } from '../../../src/runtime/duration.ts';
import { Inputs } from '../../../src/runtime/inputs.ts';
import { Secrets } from '../../../src/runtime/secrets.ts';

const masked: string[] = [];
const inputs = (values: Record<string, string>): Inputs => {
  const env = Object.fromEntries(Object.entries(values).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
  return new Inputs(env, new Secrets((value) => masked.push(value)));
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'inputs-'));
  writeFileSync(join(folder, 'file'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('what is understood', () => {
  const cases: [name: string, value: string, read: (from: Inputs) => unknown, expected: unknown][] = [
    ['a string, trimmed', '  x y ', (from) => from.string('a'), 'x y'],
    ['an empty one', ' ', (from) => from.string('a'), ''],
    ['its default', '', (from) => from.string('a', { default: 'd' }), 'd'],
    ['none', '', (from) => from.optional('a'), undefined],
    ['a known value', 'warm', (from) => from.string('a', { allowed: ['zero', 'warm'] }), 'warm'],
    ['booleans of YAML 1.2', 'TRUE', (from) => from.boolean('a', false), true],
    ['a default boolean', '', (from) => from.boolean('a', true), true],
    ['a duration', '1h30m', (from) => from.duration('a', '5m'), 5_400_000],
    ['a duration without unit', '90', (from) => from.duration('a', 0), 90_000],
    ['milliseconds', '500ms', (from) => from.duration('a', 0), 500],
    ['a default duration as text', '', (from) => from.duration('a', '10m'), 600_000],
    ['a default duration in milliseconds', '', (from) => from.duration('a', 1500), 1500],
    ['a number', '7', (from) => from.integer('a', { default: 1, max: 9 }), 7],
    ['lines', ' a \n\n# no\r\nb', (from) => from.lines('a'), ['a', 'b']],
    ['a list', 'a, b,\nc', (from) => from.list('a'), ['a', 'b', 'c']],
    ['a default list', '', (from) => from.list('a', { default: ['x'] }), ['x']],
    ['YAML', 'a: [1, "2"]', (from) => from.yaml('a'), { a: [1, '2'] }],
    ['no YAML', '', (from) => from.yaml('a'), undefined],
    ['a path', 'charts/todo', (from) => from.path('a'), 'charts/todo'],
  ];
  test.each(cases)('%s', (_name, value, read, expected) => {
    expect(read(inputs({ a: value }))).toEqual(expected);
  });

  test('names keep their dashes, blanks become underscores', () => {
    expect(new Inputs({ 'INPUT_VALUE-FILES': 'x', INPUT_A_B: 'y' }, new Secrets(() => undefined)).string('value-files')).toBe('x');
    expect(new Inputs({ INPUT_A_B: 'y' }, new Secrets(() => undefined)).string('a b')).toBe('y');
  });
});

describe('what is not, in one line that names the input', () => {
  const cases: [value: string, read: (from: Inputs) => unknown, message: string][] = [
    ['', (from) => from.required('a', { describe: 'a folder' }), 'Input "a" is empty: expected a folder'],
    ['10 x', (from) => from.duration('a', 0), 'Input "a" is "10 x": not a duration (allowed: 90s, 10m, 1h30m)'],
    ['-5s', (from) => from.duration('a', 0), 'Input "a" is "-5s": not a duration (allowed: 90s, 10m, 1h30m)'],
    ['1s', (from) => from.duration('a', 0, { min: 10_000 }), 'Input "a" is "1s": too short (allowed: at least 10s)'],
    ['2h', (from) => from.duration('a', 0, { max: 3_600_000 }), 'Input "a" is "2h": too long (allowed: at most 3600s)'],
    ['yes', (from) => from.boolean('a', false), 'Input "a" is "yes": not a boolean (allowed: true, false)'],
    ['1.5', (from) => from.integer('a', { default: 0 }), 'Input "a" is "1.5": not a whole number (allowed: whole numbers from 0)'],
    [
      '11',
      (from) => from.integer('a', { default: 0, min: 1, max: 10 }),
      'Input "a" is "11": out of range (allowed: whole numbers from 1 to 10)',
    ],
    ['hot', (from) => from.string('a', { allowed: ['zero', 'warm'] }), 'Input "a" is "hot": not a known value (allowed: zero, warm)'],
    [
      'A_B',
      (from) => from.string('a', { pattern: /^[a-z]+$/, describe: 'small letters' }),
      'Input "a" is "A_B": not understood (allowed: small letters)',
    ],
    [
      '--all',
      (from) => from.string('a'),
      'Input "a" is "--all": starts with "-" and would be read as a flag (allowed: a value without leading "-")',
    ],
    ['-x', (from) => from.path('a'), 'Input "a" is "-x": starts with "-" and would be read as a flag (allowed: ./-x)'],
    ['vuln,x', (from) => from.list('a', { allowed: ['vuln'] }), 'Input "a" is "x": not a known value (allowed: vuln)'],
    ['a: [1', (from) => from.yaml('a'), 'Input "a" is not valid YAML: '],
    ['a: 1\na: 2', (from) => from.yaml('a'), 'Input "a" is not valid YAML: Map keys must be unique'],
    ['none', (from) => from.path('a', { mustExist: 'file' }), 'Input "a" names none, which does not exist'],
    ['one\ntwo', (from) => from.string('a', { allowed: [] }), 'Input "a" is "one ⏎ two": not a known value'],
  ];
  test.each(cases)('%j', (value, read, message) => {
    expect(() => read(inputs({ a: value }))).toThrow(ConfigurationError);
    expect(() => read(inputs({ a: value }))).toThrow(message);
  });

  test('a folder where a file is wanted, and the other way round', () => {
    expect(() => inputs({ a: folder }).path('a', { mustExist: 'file' })).toThrow('which is not a file');
    expect(() => inputs({ a: join(folder, 'file') }).path('a', { mustExist: 'directory' })).toThrow('which is not a directory');
    expect(inputs({ a: join(folder, 'file') }).path('a', { mustExist: 'file' })).toBe(join(folder, 'file'));
  });
});

describe('secrets', () => {
  test('are masked before they are handed out, line by line', () => {
    masked.length = 0;
    expect(inputs({ a: 'one-secret' }).secret('a')).toBe('one-secret');
    inputs({ a: '-----BEGIN KEY-----\nabcdefgh\n  x\nlast-line\n-----END KEY-----' }).secret('a');
    expect(masked).toEqual(['one-secret', 'abcdefgh', 'last-line']);
  });

  test('of several lines can be left to the caller', () => {
    masked.length = 0;
    inputs({ a: 'apiVersion: v1\nkind: Config' }).secret('a', { maskLines: false });
    expect(masked).toEqual([]);
  });

  test('are replaced in text, the longer before the shorter', () => {
    const secrets = new Secrets(() => undefined);
    for (const value of ['pass', 'password', 'abc']) secrets.add(value);
    expect(secrets.redact('password pass abc')).toBe('*** *** abc');
    secrets.add('a_"b|c');
    expect(secrets.redact(`${JSON.stringify({ x: 'a_"b|c' })} a\\_"b\\|c a_"b\\|c ${btoa('a_"b|c')}`)).toBe('{"x":"***"} *** *** ***');
    expect([secrets.contains('a pass'), secrets.contains('abc')]).toEqual([true, false]);
  });
});

describe('durations', () => {
  test.each([
    ['90', 90_000],
    ['1h', 3_600_000],
    ['1h30m10s5ms', 5_410_005],
    ['', undefined],
    ['m', undefined],
    ['1m1h', undefined],
    ['1.5s', undefined],
    ['99999999999', undefined],
  ])('%j', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });
});

describe('words', () => {
  test.each([
    ['critical,High', ['CRITICAL', 'HIGH']],
    ['CRITICAL', ['CRITICAL']],
  ])('%s in any case', (value, expected) => {
    expect(inputs({ a: value }).choices('a', ['CRITICAL', 'HIGH'], [])).toEqual(expected);
  });

  test('a slip is answered with the word that is meant', () => {
    expect(inputs({ a: 'Off' }).choice('a', ['registry', 'off'], 'registry')).toBe('off');
    expect(() => inputs({ a: 'registy' }).choice('a', ['registry', 'off'], 'off')).toThrow(
      'Input "a" is "registy": not a known value (allowed: registry, off; did you mean "registry"?)',
    );
    expect(() => inputs({ a: 'HIGH,CRITCAL' }).choices('a', ['CRITICAL', 'HIGH'], [])).toThrow('did you mean "CRITICAL"?');
  });
});

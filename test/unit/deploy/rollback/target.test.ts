import { describe, expect, test } from '@jest/globals';
import { chooseTarget, parseTarget, type Target } from '../../../../src/deploy/rollback/target.ts';
import { ConfigurationError } from '../../../../src/interfaces/errors.ts';
import { choice } from './helpers.ts';

const [A, B, C] = ['aaaa1111', 'aaaa2222', 'cccc3333'].map((start) => start.padEnd(40, '0')) as [string, string, string];

describe('the input "to"', () => {
  test.each<[string, Target | undefined]>([
    ['previous', { kind: 'back', steps: 1 }],
    ['-1', { kind: 'back', steps: 1 }],
    ['-3', { kind: 'back', steps: 3 }],
    ['-12', { kind: 'back', steps: 12 }],
    ['4f2c1a9', { kind: 'name', name: '4f2c1a9' }],
    ['v1.4.0', { kind: 'name', name: 'v1.4.0' }],
    ['2026.1+build', { kind: 'name', name: '2026.1+build' }],
    ['-0', undefined],
    ['-123', undefined],
    ['-f', undefined],
    ['--help', undefined],
    ['a b', undefined],
    ['a;b', undefined],
    ['$(id)', undefined],
    ['', undefined],
    ['x'.repeat(129), undefined],
  ])('%s is %j', (text, expected) => expect(parseTarget(text)).toEqual(expected));
});

describe('which version is meant', () => {
  const pick = (to: string, ...versions: Parameters<typeof choice>) => {
    const found = chooseTarget(parseTarget(to) as Target, choice(...versions));
    return found === undefined || found === 'serving' ? found : found.entry.version;
  };

  test.each<[string, string[], string | undefined]>([
    ['previous', ['v3', 'v2', 'v1'], 'v2'],
    ['-2', ['v3', 'v2', 'v1'], 'v1'],
    // After a rollback the version that was left is the one before; each version counts once.
    ['previous', ['v2', 'v3', 'v2', 'v1'], 'v3'],
    ['-2', ['v2', 'v3', 'v2', 'v1'], 'v1'],
    ['previous', ['v3', 'v2', 'v3', 'v2', 'v1'], 'v2'],
    ['-3', ['v5', 'v4', 'v5', 'v4', 'v3', 'v2'], 'v2'],
    ['v1', ['v3', 'v2', 'v1'], 'v1'],
    ['v3', ['v3', 'v2', 'v1'], 'serving'],
    ['v9', ['v3', 'v2', 'v1'], undefined],
    [A, [C, B, A], A],
    ['aaaa1', [C, B, A], A],
    ['AAAA1', [C, B, A], A],
    ['cccc', [C, B, A], 'serving'],
    ['ccc', [C, B, A], undefined],
    // A name is not an abbreviation.
    ['1234', ['v2', '12345678', 'v1'], undefined],
  ])('%s of %j is %s', (to, versions, expected) => expect(pick(to, ...versions)).toBe(expected));

  test('a commit that two versions begin with lists both', () => {
    expect(() => pick('aaaa', C, B, A)).toThrow(new ConfigurationError(`Input "to" is "aaaa": it matches 2 versions: ${B}, ${A}`));
    expect(() => pick('aaaa', A, B)).toThrow('it matches 2 versions');
  });

  test('the same version with another content is reached by its number', () => {
    const history = [
      ['v3', {}],
      ['v2', { partHash: 'new values' }],
      ['v2', {}],
    ] as [string, object][];
    expect(chooseTarget({ kind: 'name', name: 'v2' }, choice(...history))).toMatchObject({ back: 1 });
    expect(chooseTarget({ kind: 'back', steps: 2 }, choice(...history))).toMatchObject({ entry: { partHash: 'part of v2' } });
  });

  test('further back than there is: what there is, in the hint', () => {
    const act = () => chooseTarget({ kind: 'back', steps: 3 }, choice('v3', ['v2', { actor: 'bob' }], 'v1'));
    expect(act).toThrow('There is no version 3 back (v3)');
    try {
      act();
    } catch (error) {
      expect((error as ConfigurationError).hint).toBe(
        'Versions that can be rolled back to:\n-1  v2  2026-01-02T00:00:00Z by bob, recorded (green)\n-2  v1  2026-01-02T00:00:00Z by ada, recorded (blue)',
      );
    }
  });

  test('nothing before the first version', () => {
    expect(() => chooseTarget({ kind: 'back', steps: 1 }, choice('v1'))).toThrow('There is no version before the one that serves (v1)');
  });
});

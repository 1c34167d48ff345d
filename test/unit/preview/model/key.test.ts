import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isNamedFor, namespaceName, parseId } from '../../../../src/preview/model/key.ts';
import { id, key, release } from './arbitraries.ts';

describe('the name of a preview’s namespace', () => {
  test('says number and release, and tells repositories apart', () => {
    const one = namespaceName({ repositoryId: 1, number: 7 }, 'todo');
    expect(one).toMatch(/^pr-7-todo-[0-9a-f]{6}$/);
    expect(namespaceName({ repositoryId: 2, number: 7 }, 'todo')).not.toBe(one);
    expect(namespaceName({ repositoryId: 1, number: 7 }, 'todo')).toBe(one);
  });

  test('is a DNS label, whatever the release, and one for each', () => {
    fc.assert(
      fc.property(key, release, release, (of, first, second) => {
        const [one, other] = [namespaceName(of, first), namespaceName(of, second)];
        expect(one).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
        expect(one === other).toBe(first === second);
        expect(isNamedFor(one, of)).toBe(true);
      }),
    );
  });

  test('is of one pull request alone: pr-1 is not pr-12, nor another repository’s', () => {
    fc.assert(
      fc.property(key, key, release, (one, other, of) => {
        fc.pre(one.number !== other.number);
        expect(isNamedFor(namespaceName(one, of), other)).toBe(false);
      }),
    );
    expect(isNamedFor(namespaceName({ repositoryId: 1, number: 12 }, 'todo'), { repositoryId: 1, number: 1 })).toBe(false);
    expect(isNamedFor(namespaceName({ repositoryId: 2, number: 1 }, 'todo'), { repositoryId: 1, number: 1 })).toBe(false);
    const bare = namespaceName({ repositoryId: 1, number: 1 }, 'x').replace('-x-', '-');
    expect(isNamedFor(bare, { repositoryId: 1, number: 1 })).toBe(false);
  });
});

describe('ids', () => {
  test('are read back as they were written', () => fc.assert(fc.property(id, (one) => expect(parseId(String(one))).toBe(one))));

  test.each(['', '0', '007', '-7', '7 ', '7.0', '1e3', '0x7', '٧', '90071992547409930', undefined])('%p is none', (text) =>
    expect(parseId(text)).toBeUndefined(),
  );
});

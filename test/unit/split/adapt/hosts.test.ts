import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hostMap, replaceHosts } from '../../../../src/split/adapt/hosts.ts';

const MAIN = 'pr-7-todo.preview.example.com';
const host = fc
  .array(fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/), { minLength: 1, maxLength: 4 })
  .map((labels) => labels.join('.'));

describe('the hosts of a preview', () => {
  test('the first one is its own, others are one label beside it', () => {
    const map = hostMap(['todo.example.com', 'api.todo.example.com', '*.todo.example.com', '', 'api.other.example.com'], MAIN);
    expect(Object.fromEntries(map)).toEqual({
      '': MAIN,
      'todo.example.com': MAIN,
      'api.todo.example.com': 'api-pr-7-todo.preview.example.com',
      'api.other.example.com': 'api-other-example-com-pr-7-todo.preview.example.com',
    });
  });

  test('two that have the same first word, and nothing else that tells them apart', () => {
    const names = ['a', '9.a', '9'].map((one) => hostMap(['a', '9.a', '9'], MAIN).get(one));
    expect(new Set(names).size).toBe(3);
  });

  test('each is a label of the domain, of its own, and the same again', () => {
    fc.assert(
      fc.property(fc.array(host, { maxLength: 6 }), (hosts) => {
        const map = hostMap(hosts, MAIN);
        const names = [...new Set(hosts)].map((one) => map.get(one) ?? '');
        expect(new Set(names).size).toBe(names.length);
        for (const name of names) expect(name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.preview\.example\.com$/);
        expect(hostMap(hosts, MAIN)).toEqual(map);
      }),
    );
  });

  test('in a text a host is replaced, and none that it is a part of', () => {
    const map = hostMap(['todo.example.com'], MAIN);
    expect(replaceHosts('https://todo.example.com/x, my-todo.example.com, todo.example.com.evil', map)).toBe(
      `https://${MAIN}/x, my-todo.example.com, todo.example.com.evil`,
    );
    expect(replaceHosts('*', map)).toBe('*');
  });

  test('a long text costs no time', () => expect(replaceHosts('a.'.repeat(500_000), hostMap([], MAIN))).toHaveLength(1_000_000));
});

import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { ToolError } from '../../../../src/interfaces/errors.ts';
import { gunzip } from '../../../../src/interfaces/reading/gunzip.ts';
import { parseJson, parseJsonObject, tryJson, tryJsonObject } from '../../../../src/interfaces/reading/json.ts';
import { decodeRelease } from '../../../../src/tools/helm/release-secret.ts';

const wrong = (why: string): ToolError => new ToolError(`It cannot be read: ${why}`);

describe('JSON from outside', () => {
  test('is read', () => {
    expect(parseJson('[1, "a[{\\"", {"b": null}]', wrong)).toEqual([1, 'a[{"', { b: null }]);
    expect(parseJsonObject('{"a": 1}', wrong)).toEqual({ a: 1 });
    expect([tryJson('"x'), tryJson('1'), tryJsonObject('[]'), tryJsonObject('null')]).toEqual([undefined, 1, undefined, undefined]);
  });

  test.each([
    '{"a":9007199254740993,"b":[-9223372036854775808,18446744073709551615]}',
    '9007199254740993',
    '{"text":"9007199254740993","exact":9007199254740991,"list":[12345678901234567890]}',
  ])('%s: integers keep all their digits when they are written again', (text) => {
    expect(JSON.stringify(parseJson(text, wrong))).toBe(text);
    expect(JSON.stringify(tryJson(text))).toBe(text);
  });

  test('what was exact stays a number, and a fraction is one', () => {
    expect(parseJson('[9007199254740991, 1e30, 1234567890123456.5, 9007199254740993]', wrong)).toEqual([
      9_007_199_254_740_991,
      1e30,
      1_234_567_890_123_456.5,
      9_007_199_254_740_993n,
    ]);
  });

  test.each([
    ['', 'it is empty'],
    [' \n', 'it is empty'],
    ['hidden-word', 'unexpected text'],
    ['{"a": hidden-word}', 'unexpected text'],
    ['{"a": "hidden-word" 1}', 'unexpected text at character 21'],
    ['["hidden-word', 'unexpected text'],
    ['"hidden-word"', 'it is no JSON object'],
    ['null', 'it is no JSON object'],
    ['['.repeat(501), 'it is nested deeper than 500 levels'],
    ['{"a":'.repeat(100_000), 'it is nested deeper than 500 levels'],
  ])('%j is refused: %s', (text, why) => {
    const read = (): unknown => parseJsonObject(text, wrong);
    expect(read).toThrow(ToolError);
    expect(read).toThrow(`It cannot be read: ${why}`);
    expect(read).not.toThrow(/hidden/);
  });
});

describe('what is compressed', () => {
  test('is unpacked up to a limit', () => {
    const bytes = gzipSync('x'.repeat(3_000_000));
    expect(gunzip(bytes, 4 * 1024 * 1024, wrong).length).toBe(3_000_000);
    expect(() => gunzip(bytes, 2 * 1024 * 1024, wrong)).toThrow('It cannot be read: it unpacks to more than 2 MiB');
    expect(() => gunzip(bytes.subarray(0, 100), 2 * 1024 * 1024, wrong)).toThrow('It cannot be read: it cannot be unpacked');
  });

  test('a release of Helm that unpacks to more than any chart renders is refused', () => {
    const inner = gzipSync(Buffer.alloc(65 * 1024 * 1024)).toString('base64');
    const release = Buffer.from(inner, 'latin1').toString('base64');
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'sh.helm.release.v1.todo.v1' }, data: { release } } as const;
    expect(() => decodeRelease(secret)).toThrow(
      'The Secret sh.helm.release.v1.todo.v1 does not hold a Helm release that can be read: it unpacks to more than 64 MiB',
    );
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { readHelmYaml } from '../../../../src/split/read/yaml.ts';

/** What sigs.k8s.io/yaml 1.6.0, the library that Helm reads manifests with, makes of each text. */
const cases: { yaml: string; json: unknown }[] = JSON.parse(readFileSync(new URL('fixtures/helm-yaml.json', import.meta.url), 'utf8'));

describe('YAML is read as Helm reads it', () => {
  test.each(cases)('$yaml', ({ yaml, json }) => {
    const [document] = readHelmYaml(yaml, () => 'It');
    expect(JSON.parse(JSON.stringify(document?.value))).toEqual(json);
  });

  test.each([
    ['9007199254740993', '9007199254740993'],
    ['-9007199254740993', '-9007199254740993'],
    ['9_007_199_254_740_993', '9007199254740993'],
    ['0x7fffffffffffffff', '9223372036854775807'],
    ['0777777777777777777777', '9223372036854775807'],
    ['0o777777777777777777777', '9223372036854775807'],
    ['-0b111111111111111111111111111111111111111111111111111111', '-18014398509481983'],
    ['18446744073709551615', '18446744073709551615'],
    ['9007199254740991', '9007199254740991'],
    // Beyond 64 bits go-yaml makes a float of it.
    ['18446744073709551616', '18446744073709552000'],
    ['-9223372036854775809', '-9223372036854776000'],
  ])('%s stays what it is, wherever it is written again', (yaml, json) => {
    const [document] = readHelmYaml(`a: ${yaml}`, () => 'It');
    expect(JSON.stringify(document?.value)).toBe(`{"a":${json}}`);
  });
});

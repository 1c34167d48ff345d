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

  test('a number that cannot be kept exactly is an error', () => {
    expect(() => readHelmYaml('a: 9007199254740993', () => 'It')).toThrow(/too large to be kept exactly; put it in quotes/);
  });
});

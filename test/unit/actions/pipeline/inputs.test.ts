import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

interface Field {
  description: string;
  required?: boolean;
  default?: string;
}
interface Metadata {
  inputs: Record<string, Field>;
  outputs: Record<string, Field>;
}
const read = (folder: string): Metadata => parse(readFileSync(join(folder, 'action.yml'), 'utf8')) as Metadata;

const root = read('.');
const build = read('actions/build-push');
const deploy = read('actions/deploy');
/** Both parts have one of that name; the root's own name is the deploy's. */
const BUILD_NAMES: Readonly<Record<string, string>> = {
  secrets: 'build-secrets',
  'secret-files': 'build-secret-files',
  'secret-envs': 'build-secret-envs',
  timeout: 'build-timeout',
};

describe('the root action is build-push and deploy in one', () => {
  const parts = [
    ...Object.entries(build.inputs).map(([name, field]) => ({ part: 'build-push', name, here: BUILD_NAMES[name] ?? name, field })),
    // What the build gives; `images` of the root are those to build. Nothing is signed between the two.
    ...Object.entries(deploy.inputs)
      .filter(([name]) => !['images', 'image-count', 'registry', 'verify', 'trusted-root'].includes(name))
      .map(([name, field]) => ({ part: 'deploy', name, here: name, field })),
  ];

  test.each(parts)('input $name of $part is $here, with its default', ({ here, field }) => {
    const own = root.inputs[here];
    expect(own).toBeDefined();
    expect([own?.default, own?.required]).toEqual([field.default, field.required]);
  });

  test('it has no input that neither part has', () => {
    expect(Object.keys(root.inputs).filter((name) => !parts.some(({ here }) => here === name))).toEqual([]);
  });

  test('its outputs are those of both', () => {
    expect(Object.keys(root.outputs).sort()).toEqual([...new Set([...Object.keys(build.outputs), ...Object.keys(deploy.outputs)])].sort());
  });
});

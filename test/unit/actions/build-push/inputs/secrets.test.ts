import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readSecretEntries, readSecrets } from '../../../../../src/actions/build-push/inputs/secrets.ts';
import { GitHubEnvironment } from '../../../../../src/runtime/github-env.ts';
import { Inputs } from '../../../../../src/runtime/inputs.ts';
import { Secrets } from '../../../../../src/runtime/secrets.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'build-secrets-'));
  mkdirSync(join(folder, 'workspace'));
  writeFileSync(join(folder, 'outside'), 'outside-word');
  writeFileSync(join(folder, 'workspace', 'npmrc'), 'first-line\nsecond-line\n');
  writeFileSync(join(folder, 'workspace', 'large'), 'x'.repeat(512_001));
  symlinkSync(join(folder, 'outside'), join(folder, 'workspace', 'link'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const ASKS = 'FROM scratch\nRUN --mount=type=secret,id=npm --mount=type=secret,id=other --mount=type=secret,id=third cp a b\n';

function read(values: Record<string, string>, dockerfile = ASKS) {
  const warnings: string[] = [];
  const masked: string[] = [];
  const workspace = join(folder, 'workspace');
  const variables = {
    NPM_TOKEN: 'token-word\nlast-line',
    GITHUB_WORKSPACE: workspace,
    ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
  };
  const secrets = new Secrets((value) => masked.push(value));
  const warn = (message: string): void => void warnings.push(message);
  const log = { warning: warn } as never;
  const mask = (value: string): void => secrets.add(value);
  const env = new GitHubEnvironment(variables);
  const entries = readSecretEntries({ inputs: new Inputs(variables, secrets, warn), mask });
  const file = join(workspace, 'Dockerfile');
  writeFileSync(file, dockerfile);
  const images = { images: [{ file }] } as never;
  return { found: readSecrets(entries, images, { env, variables, mask, log }).secrets, warnings, masked, secrets };
}

describe('build secrets', () => {
  test('come from lines, files and variables, byte for byte, and are masked', () => {
    const { found, secrets, warnings } = read({
      secrets: '"npm=a-first\n b-second\n"',
      'secret-files': 'other=npmrc',
      'secret-envs': 'third=NPM_TOKEN',
    });
    expect(found).toEqual({
      npm: 'a-first\n b-second\n',
      other: { file: join(folder, 'workspace', 'npmrc') },
      third: 'token-word\nlast-line',
    });
    expect(secrets.redact('a-first,b-second,first-line,second-line,token-word,last-line,npmrc NPM_TOKEN')).toBe(
      '***,***,***,***,***,***,npmrc NPM_TOKEN',
    );
    expect(warnings).toEqual([]);
  });

  test('variables may be separated by commas', () => {
    expect(read({ 'secret-envs': 'npm=NPM_TOKEN, other=NPM_TOKEN' }).found).toEqual({
      npm: 'token-word\nlast-line',
      other: 'token-word\nlast-line',
    });
  });

  test('whose id no Dockerfile mounts are said by line and left out: it may be a line of the value before', () => {
    const { found, warnings } = read({ secrets: 'npm=//npm.example.com/:_authToken=first-line\nalways_auth=yes-always' });
    expect(Object.keys(found)).toEqual(['npm']);
    expect(warnings).toEqual([expect.stringContaining('Input "secrets", line 2: no Dockerfile mounts a secret of this id')]);
    expect(warnings.join()).not.toMatch(/always/);
  });

  test('an id made of a variable may be any', () => {
    expect(Object.keys(read({ secrets: 'npm=some-word' }, 'ARG ID\nRUN --mount=type=secret,id=$ID true').found)).toEqual(['npm']);
  });

  test('too short or too ordinary ones are used, not masked, and that is said', () => {
    const { found, masked, warnings } = read({ secrets: 'npm=1\nother=true\nthird=long-enough' });
    expect(found).toEqual({ npm: '1', other: 'true', third: 'long-enough' });
    expect(masked).not.toContain('1');
    expect(masked).not.toContain('true');
    expect(warnings).toEqual([
      expect.stringContaining('Input "secrets", line 1: a secret has fewer than 4 characters'),
      expect.stringContaining('Input "secrets", line 2: a secret is an ordinary word'),
    ]);
  });

  test.each<[Record<string, string>, string]>([
    [{ secrets: 'postgres://todo:hidden-word@db?sslmode=require' }, 'Input "secrets", line 1: what stands before "=" is not the id'],
    [{ secrets: `${'hidden-word'.repeat(7)}=x` }, 'Input "secrets", line 1: what stands before "=" is not the id'],
    [{ secrets: 'npm=first\nhidden-word/dGFpbA==' }, 'Input "secrets", line 2 looks like base64 without a name'],
    [{ secrets: 'npm=a-word\nnpm=hidden-word' }, 'Input "secrets", line 2 has the same name as line 1 of "secrets"'],
    [{ secrets: 'npm=a-word', 'secret-files': 'npm=npmrc' }, 'Input "secret-files", line 1 has the same name as line 1 of "secrets"'],
    [{ 'secret-files': 'hidden-word' }, 'Input "secret-files", line 1 has no "="'],
    [{ 'secret-files': 'npm=hidden-word' }, 'Input "secret-files", line 1: what follows "=" is not a file'],
    [{ 'secret-files': 'npm=large' }, 'Input "secret-files", line 1: the file has 512001 bytes (allowed: at most 512000)'],
    [{ 'secret-files': 'npm=./link' }, 'Input "secret-files", line 1: the file is a link that leads out of the workspace'],
    [{ 'secret-envs': 'npm=hidden-word' }, 'Input "secret-envs", line 1: what follows "=" is not the name of a variable'],
    [{ 'secret-envs': 'npm=hidden_word' }, 'Input "secret-envs", line 1: there is no such variable'],
  ])('%j: %s', (values, message) => {
    expect(() => read(values)).toThrow(message);
    expect(() => read(values)).not.toThrow(/hidden.word/);
  });
});

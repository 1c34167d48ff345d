import { describe, expect, test } from '@jest/globals';
import type { BuildRequest } from '../../../../src/interfaces/builder.ts';
import { buildArguments } from '../../../../src/tools/buildx/arguments.ts';

const request: BuildRequest = {
  builder: 'b',
  context: './app',
  buildArgs: {},
  secrets: {},
  labels: {},
  platforms: [],
  contexts: {},
  cacheFrom: [],
  cacheTo: [],
  output: { kind: 'layout', folder: '/out' },
  timeoutMs: 1000,
};
const build = (more: Partial<BuildRequest>, inherited: Record<string, string> = {}) =>
  buildArguments({ ...request, ...more }, '/meta', inherited);

describe('buildx build', () => {
  test('writes a layout without attestations', () => {
    expect(build({}).args).toEqual([
      'build',
      '--builder=b',
      '--progress=plain',
      '--provenance=false',
      '--sbom=false',
      '--metadata-file=/meta',
      '--output=type=oci,dest=/out,tar=false',
      './app',
    ]);
  });

  test('takes everything else', () => {
    const { args, env } = build({
      file: 'docker/Dockerfile',
      target: 'run',
      platforms: ['linux/amd64', 'linux/arm64'],
      labels: { a: 'b=c' },
      contexts: { previous: 'docker-image://r/web@sha256:1' },
      cacheFrom: ['type=gha'],
      cacheTo: ['type=registry,ref=x'],
    });
    expect(args).toEqual(
      expect.arrayContaining(['--file=docker/Dockerfile', '--target=run', '--platform=linux/amd64,linux/arm64', '--label=a=b=c']),
    );
    expect(args).toContain('--build-context=previous=docker-image://r/web@sha256:1');
    expect(args).toEqual(expect.arrayContaining(['--cache-from=type=gha', '--cache-to=type=registry,ref=x']));
    expect(env).toEqual({});
    expect(build({ output: { kind: 'cache' } }).args).toContain('--output=type=cacheonly');
  });

  test('has no secret in its arguments', () => {
    const { args, env } = build({ secrets: { token: 's3cret', 'a,b': 'other' }, buildArgs: { VERSION: 's3cret' } });
    expect(args.join(' ')).not.toContain('s3cret');
    expect(args).toEqual(
      expect.arrayContaining([
        '--secret=id=token,env=TODO_DEPLOY_BUILD_SECRET_0',
        '--secret="id=a,b",env=TODO_DEPLOY_BUILD_SECRET_1',
        '--build-arg=VERSION',
      ]),
    );
    expect(env).toEqual({ VERSION: 's3cret', TODO_DEPLOY_BUILD_SECRET_0: 's3cret', TODO_DEPLOY_BUILD_SECRET_1: 'other' });
  });

  test('a build argument cannot change the program itself', () => {
    const { args, env } = build({ buildArgs: { PATH: '/x', LD_PRELOAD: 'y', HOSTNAME: 'z' } }, { HOSTNAME: 'h' });
    expect(args).toEqual(expect.arrayContaining(['--build-arg=PATH=/x', '--build-arg=LD_PRELOAD=y', '--build-arg=HOSTNAME=z']));
    expect(env).toEqual({});
  });

  test.each([
    ['context', { context: '--help' }],
    ['context', { context: '' }],
    ['builder', { builder: '-x' }],
    ['build argument', { buildArgs: { 'A=B': 'x' } }],
  ])('refuses what could be read as a flag: %s', (what, more) => {
    expect(() => build(more)).toThrow(what);
  });

  test('a folder with a comma is one field', () => {
    expect(build({ output: { kind: 'layout', folder: '/a,b"c' } }).args).toContain('--output=type=oci,"dest=/a,b""c",tar=false');
  });
});

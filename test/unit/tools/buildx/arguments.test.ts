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
const build = (more: Partial<BuildRequest>) => buildArguments({ ...request, ...more }, '/meta');

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

  test('gives times to what is written, and to no step', () => {
    const { args } = build({ epoch: 1_700_000_000 });
    expect(args.filter((arg) => arg.includes('epoch') || arg.includes('EPOCH'))).toEqual([
      '--output=type=oci,dest=/out,tar=false,source-date-epoch=1700000000,rewrite-timestamp=true',
    ]);
    expect(build({ epoch: 1, output: { kind: 'cache' } }).args).toContain('--output=type=cacheonly');
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
    const { args, env } = build({ secrets: { token: 's3cret', 'a,b': 'other', key: { file: '/run/a,b' } } });
    expect(args.join(' ')).not.toContain('s3cret');
    expect(args).toEqual(
      expect.arrayContaining([
        '--secret=id=token,env=TODO_DEPLOY_BUILD_SECRET_0',
        '--secret="id=a,b",env=TODO_DEPLOY_BUILD_SECRET_1',
        '--secret=id=key,"src=/run/a,b"',
      ]),
    );
    expect(env).toEqual({ TODO_DEPLOY_BUILD_SECRET_0: 's3cret', TODO_DEPLOY_BUILD_SECRET_1: 'other' });
  });

  test.each([
    ...['PATH', 'HOME', 'LD_PRELOAD', 'HOSTNAME', 'HTTP_PROXY', 'https_proxy', 'NO_PROXY', 'TMPDIR', 'TZ', 'GODEBUG', 'GOMAXPROCS'],
    ...[
      'SSL_CERT_FILE',
      'SSL_CERT_DIR',
      'XDG_RUNTIME_DIR',
      'DOCKER_CONFIG',
      'DOCKER_HOST',
      'BUILDX_CONFIG',
      'BUILDX_BUILDER',
      'BUILDKIT_HOST',
    ],
    ...['KUBECONFIG', 'AWS_PROFILE', 'SOURCE_DATE_EPOCH', 'NO_COLOR', 'VERSION'],
  ])('the build argument %s reaches the build, and is nothing that buildx reads', (name) => {
    const { args, env } = build({ buildArgs: { [name]: 'http://127.0.0.1:9' } });
    expect(args).toContain(`--build-arg=${name}=http://127.0.0.1:9`);
    expect(env).toEqual({});
  });

  test('a build argument is one argument, whatever is in it', () => {
    const value = 'a=b "c", #d $HOME\nsecond line\n  ';
    expect(build({ buildArgs: { LONG: value } }).args).toContain(`--build-arg=LONG=${value}`);
  });

  test('without cache, with base images anew, with an agent', () => {
    const { args } = build({ noCache: true, noCacheFilters: ['deps', 'run'], pull: true, ssh: ['default=/run/agent'] });
    expect(args).toEqual(
      expect.arrayContaining(['--no-cache', '--no-cache-filter=deps', '--no-cache-filter=run', '--pull', '--ssh=default=/run/agent']),
    );
    expect(build({ output: { kind: 'other', value: 'type=local,dest=/out' } }).args).toContain('--output=type=local,dest=/out');
  });

  test('annotations are of the manifest; of the index only where there is one', () => {
    const annotations = { title: 'Todo: a=b', 'index:version': '1', 'manifest,index:revision': 'abc' };
    const of = (platforms: string[]) => build({ annotations, platforms }).args.filter((arg) => arg.startsWith('--annotation='));
    expect(of(['linux/amd64', 'linux/arm64'])).toEqual([
      '--annotation=manifest:title=Todo: a=b',
      '--annotation=index:version=1',
      '--annotation=manifest,index:revision=abc',
    ]);
    expect(of([])).toEqual(['--annotation=manifest:title=Todo: a=b', '--annotation=manifest:revision=abc']);
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

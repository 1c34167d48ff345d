import { describe, expect, test } from '@jest/globals';
import { BuildWords } from '../../../src/build/build-words.ts';
import { ProcessError, TimeoutError } from '../../../src/interfaces/errors.ts';

const failed = new ProcessError({ command: ['docker', 'buildx'], exitCode: 1, stderr: 'ERROR: last' });

function explain(lines: string[], { platforms = [], error = failed }: { platforms?: string[]; error?: unknown } = {}) {
  const words = new BuildWords({ name: 'api', context: '.', buildArgs: {}, platforms });
  const shown = lines.map((line) => words.see(line));
  return {
    shown,
    ...(words.explain(error, 'could not be built', 90_000) as { name: string; message: string; hint: string }),
    said: (words.explain(error, 'could not be built', 90_000) as Error).message,
  };
}

describe('a build that failed', () => {
  test('names the image, the line of the Dockerfile and what failed there', () => {
    const { said } = explain([
      '#5 [2/2] RUN false',
      '#5 ERROR: process "/bin/sh -c false" did not complete',
      'Dockerfile:3',
      'ERROR: failed to solve: x',
    ]);
    expect(said).toBe('Image "api" could not be built (Dockerfile:3): failed to solve: x');
  });

  test.each([
    [['#5 [2/2] RUN ["/prog"]'], ['linux/arm64'], 'no emulator for programs for linux/arm64'],
    [['#5 [linux/arm64 2/2] RUN ["/prog"]'], ['linux/amd64', 'linux/arm64'], 'no emulator for programs for linux/arm64'],
    [
      ['#5 [linux/arm64 2/2] RUN ["/prog"]', '#6 [linux/amd64 2/2] RUN ["/prog"]', '#6 DONE 0.1s'],
      [],
      'no emulator for programs for linux/arm64',
    ],
    [['#5 [2/2] RUN ["/prog"]'], [], 'no emulator for programs of another platform'],
  ])('%j without an emulator, platforms %j', (lines, platforms, words) => {
    const { said, hint } = explain(
      [...lines, '#5 1.241 exec /prog: exec format error', '#5 ERROR: process "/prog" did not complete successfully: exit code: 255'],
      { platforms },
    );
    expect(said).toContain(`exec format error: the builder has ${words}; process "/prog" did not`);
    expect(hint).toContain('docker/setup-qemu-action');
    expect(hint.includes('#!/bin/sh')).toBe(words.endsWith('another platform'));
  });

  test('because its builder went away says so', () => {
    const { said, hint } = explain([
      '#6 [2/2] RUN sleep 20',
      'ERROR: failed to build: failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF',
    ]);
    expect(said).toBe(
      'Image "api" could not be built: the builder went away while it was building (code = Unavailable desc = error reading from server: EOF)',
    );
    expect(hint).toContain('out of memory');
  });

  test('by its time limit names image, step, limit and input', () => {
    const error = new TimeoutError('the end of docker buildx', 90_000);
    const { said, hint } = explain(['#5 [1/2] FROM x', '#5 DONE 1s', '#6 [2/2] RUN sleep 300', '#6 0.3 started'], { error });
    expect(said).toBe('Timed out after 90 s waiting for the build of image "api", which was at [2/2] RUN sleep 300');
    expect(hint).toContain('"timeout"');
  });

  test('for another reason stays what it was', () => {
    const other = new Error('x');
    expect(explain([], { error: other }).said).toBe('x');
  });
});

test('a cache that is not there yet is no error', () => {
  const { shown, said } = explain([
    '#7 ERROR: failed to configure registry cache importer: example.com/a:buildcache: not found',
    '------',
    ' > importing cache manifest from example.com/a:buildcache:',
    '#8 [1/1] FROM scratch',
  ]);
  expect(shown).toEqual(['there is no build cache yet', undefined, undefined, '#8 [1/1] FROM scratch']);
  expect(said).not.toContain('importer');
});

describe('what the lines say of the cache', () => {
  const FRAME = [
    '#1 [internal] load build definition from Dockerfile',
    '#1 DONE 0.0s',
    '#3 [1/2] FROM docker.io/library/busybox:1.37@sha256:7a04',
    '#3 resolve docker.io/library/busybox:1.37@sha256:7a04 done',
    '#3 DONE 0.0s',
    '#4 [context previous] load metadata for r.example/web',
    '#4 DONE 0.1s',
  ];
  test.each<[string, string[], { stepRan: boolean; stepCached: boolean; missing: string[] }]>([
    [
      'every step was in it',
      ['#5 [stage-1 2/2] RUN make', '#5 CACHED', '#6 exporting to oci image format', '#6 DONE 0.1s'],
      { stepRan: false, stepCached: true, missing: [] },
    ],
    [
      'one was not',
      ['#5 [a 2/3] RUN make', '#5 CACHED', '#6 [linux/arm64 a 3/3] COPY . .', '#6 DONE 0.1s'],
      { stepRan: true, stepCached: true, missing: [] },
    ],
    [
      'there is none yet',
      ['#5 ERROR: failed to configure registry cache importer: r.example/web:buildcache: not found'],
      { stepRan: false, stepCached: false, missing: ['r.example/web:buildcache'] },
    ],
  ])('%s', (_, lines, cacheUse) => {
    const words = new BuildWords({ name: 'web', context: '.', buildArgs: {}, platforms: [] });
    for (const line of [...FRAME, ...lines]) words.see(line);
    expect(words.cacheUse).toEqual(cacheUse);
  });
});

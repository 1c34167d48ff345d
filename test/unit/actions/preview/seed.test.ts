import { describe, expect, test } from '@jest/globals';
import { readSeed } from '../../../../src/actions/preview/inputs/seed.ts';
import { ALONE } from '../../../../src/interfaces/own.ts';
import { seedJob } from '../../../../src/preview/up/seed.ts';

const IMAGES = [{ repository: 'registry.example.com/acme/todo-backend', digest: `sha256:${'a'.repeat(64)}` }];

describe('what fills a preview with data', () => {
  test('by an image that was built, by its name', () => {
    const seed = readSeed(
      { image: 'todo-backend', command: ['python', '-m', 'seed'], env: { COUNT: 7 }, 'env-from': ['todo-database'] },
      IMAGES,
    );
    expect(seed).toEqual({
      image: `registry.example.com/acme/todo-backend@sha256:${'a'.repeat(64)}`,
      command: ['python', '-m', 'seed'],
      env: { COUNT: '7' },
      envFrom: ['todo-database'],
    });
  });

  test('by any other one', () =>
    expect(readSeed({ image: 'postgres:17' }, IMAGES)).toMatchObject({ image: 'postgres:17', env: {}, envFrom: [] }));
  test('or by nothing', () => expect(readSeed(undefined, IMAGES)).toBeUndefined());

  test.each<[unknown, string]>([
    ['x', 'it is not a map'],
    [{}, 'there is no image'],
    [{ image: 'a', script: 'x' }, '"script" is not known'],
    [{ image: 'a', command: 'x' }, 'command is not a list'],
    [{ image: 'a', env: ['x'] }, 'env is not a map'],
    [{ image: 'a', 'env-from': [{}] }, 'env-from is not a list'],
    [{ image: 'a b' }, '"a b" is no image'],
  ])('%j is refused', (value, words) => expect(() => readSeed(value, IMAGES)).toThrow(words));

  test('runs as a pod that may not ask the API server, and that every level of Pod Security takes', () => {
    const job = seedJob({ image: 'a', env: { A: '1' }, envFrom: ['s'] }, 'n', {
      imagePullSecrets: ['registry'],
      priorityClass: 'low',
      own: ALONE,
    });
    expect(job).toMatchObject({
      kind: 'Job',
      spec: {
        backoffLimit: 3,
        template: {
          spec: {
            automountServiceAccountToken: false,
            priorityClassName: 'low',
            securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
            containers: [{ image: 'a', env: [{ name: 'A', value: '1' }], envFrom: [{ secretRef: { name: 's' } }] }],
          },
        },
      },
    });
  });
});

import { describe, expect, test } from '@jest/globals';
import { containerCause } from '../../../../src/deploy/diagnosis/causes/container.ts';
import { createCause } from '../../../../src/deploy/diagnosis/causes/create.ts';
import { imageCause } from '../../../../src/deploy/diagnosis/causes/image.ts';
import { scheduleCause } from '../../../../src/deploy/diagnosis/causes/node.ts';

const NOT_FOUND = 'failed to pull and unpack image "r.example.com/todo:v9": failed to resolve reference: r.example.com/todo:v9: not found';

describe('images', () => {
  test.each([
    [NOT_FOUND, 'ErrImagePull', 'image-not-found', 0],
    ['manifest unknown: manifest unknown', 'ImagePullBackOff', 'image-not-found', 0],
    ['failed to authorize: failed to fetch oauth token: 401 Unauthorized', 'ErrImagePull', 'registry-auth', 0],
    ['pull access denied, repository does not exist or may require authorization', 'ErrImagePull', 'registry-auth', 0],
    ['failed to pull: no match for platform in manifest sha256:0af1: not found', 'ErrImagePull', 'image-architecture', 0],
    ['no matching manifest for linux/arm64/v8 in the manifest list entries', 'ErrImagePull', 'image-architecture', 0],
    ['choosing an image from manifest list: no image found in image index for architecture arm64', 'ErrImagePull', 'image-architecture', 0],
    ['dial tcp 10.0.0.1:443: i/o timeout', 'ErrImagePull', 'image-pull', 60_000],
    ['', 'InvalidImageName', 'image-not-found', 0],
    ['', 'ErrImageNeverPull', 'image-not-found', 0],
  ])('%s (%s) is %s', (detail, waiting, reason, graceMs) => {
    expect(imageCause('r.example.com/todo:v9', detail, waiting)).toMatchObject({ reason, graceMs });
  });

  test('a back-off says nothing by itself: the pull event does', () => {
    const status = {
      name: 'web',
      image: 'x',
      ready: false,
      restartCount: 0,
      state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image' } },
    };
    expect(containerCause(status, 'Container "web"', false, 'r.example.com/todo:v9', NOT_FOUND)?.message).toBe(
      'The image r.example.com/todo:v9 does not exist in the registry',
    );
  });
});

const ended = (exitCode: number, more: object = {}) => ({ terminated: { exitCode, reason: 'Error', ...more } });
const status = (more: object) => ({ name: 'web', image: 'x', ready: false, restartCount: 0, ...more });

describe('containers', () => {
  test.each<[string, object, boolean, string | undefined]>([
    ['first crash: it may yet come up', { restartCount: 1, state: ended(1) }, false, undefined],
    ['crash loop', { restartCount: 1, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: ended(1) }, false, 'crash-loop'],
    ['two restarts', { restartCount: 2, state: { running: {} }, lastState: ended(137) }, false, 'crash-loop'],
    [
      'killed for memory',
      { restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: ended(137, { reason: 'OOMKilled' }) },
      false,
      'out-of-memory',
    ],
    [
      'a missing Secret',
      { state: { waiting: { reason: 'CreateContainerConfigError', message: 'secret "db" not found' } } },
      false,
      'missing-config',
    ],
    [
      'a command that is not there',
      {
        state: {
          waiting: { reason: 'RunContainerError', message: 'runc create failed: exec: "serve": executable file not found in $PATH' },
        },
      },
      false,
      'bad-command',
    ],
    [
      'a program for another platform, where the runtime says so',
      { state: { terminated: { exitCode: 128, reason: 'StartError', message: 'runc: exec: "/app": exec format error' } } },
      false,
      'image-architecture',
    ],
    ['an init container that failed again', { restartCount: 1, state: ended(2) }, true, 'init-failed'],
    ['an init container that is done', { state: ended(0) }, true, undefined],
    ['starting', { state: { waiting: { reason: 'ContainerCreating' } } }, false, undefined],
    ['running', { state: { running: {} } }, false, undefined],
  ])('%s', (_, more, init, reason) => {
    expect(containerCause(status(more), 'Container "web" of Deployment/web', init, 'x', '')?.reason).toBe(reason);
  });

  test('the message names container, how often and how', () => {
    const cause = containerCause(
      status({ restartCount: 1, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: ended(3) }),
      'Container "web"',
      false,
      'x',
      '',
    );
    expect(cause?.message).toBe('Container "web" crashes right after it starts: 2 times (exit code 3)');
  });
});

test.each([
  ['pods "web-1" is forbidden: exceeded quota: small, requested: cpu=1, used: cpu=1, limited: cpu=1', 'quota-exceeded'],
  ['pods "web-1" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true', 'admission-refused'],
  ['admission webhook "policy" denied the request: no latest tag', 'admission-refused'],
  ['something else', 'not-ready'],
])('pods that cannot be created: %s', (message, reason) => expect(createCause('Deployment/web', message).reason).toBe(reason));

test.each([
  ['0/2 nodes are available: 2 Insufficient cpu.', 'unschedulable'],
  ['pod has unbound immediate PersistentVolumeClaims', 'volume-pending'],
])('pods without a node: %s', (message, reason) => expect(scheduleCause('web-1', message).reason).toBe(reason));

import { describe, expect, test } from '@jest/globals';
import { containerCause } from '../../../../../src/deploy/diagnosis/causes/container.ts';

const NOT_FOUND = 'failed to pull and unpack image "r.example.com/todo:v9": failed to resolve reference: r.example.com/todo:v9: not found';

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

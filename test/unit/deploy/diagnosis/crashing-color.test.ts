import { describe, expect, test } from '@jest/globals';
import { crashed, preferCrashCause } from '../../../../src/deploy/diagnosis/crashing-color.ts';
import { StepFailure } from '../../../../src/deploy/diagnosis/failure.ts';
import type { Run } from '../../../../src/deploy/run/run.ts';
import type { Pod } from '../../../../src/interfaces/objects.ts';

const ENDED = { terminated: { exitCode: 3, reason: 'Error' } };
const RUNNING = { running: { startedAt: '2026-01-01T00:00:00Z' } };
const WAITING = { waiting: { reason: 'CrashLoopBackOff' } };

function pod(name: string, status: object, more: { metadata?: object; spec?: object } = {}): Pod {
  const made = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...more.metadata },
    spec: { ...more.spec },
    status: { containerStatuses: [{ name: 'web', ...status }] },
  };
  return made as unknown as Pod;
}

describe('crashed', () => {
  test.each([
    ['runs since its start', pod('a', { restartCount: 0, state: RUNNING }), undefined],
    ['runs again', pod('a', { restartCount: 1, state: RUNNING, lastState: ENDED }), 1],
    ['runs again and is ready', pod('a', { restartCount: 1, ready: true, state: RUNNING, lastState: ENDED }), undefined],
    ['has just ended', pod('a', { restartCount: 0, state: ENDED }), 1],
    ['is waited for', pod('a', { restartCount: 2, state: WAITING, lastState: ENDED }), 3],
    [
      'is being deleted',
      pod('a', { restartCount: 0, state: ENDED }, { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }),
      undefined,
    ],
    ["is a Job's", pod('a', { restartCount: 0, state: ENDED }, { spec: { restartPolicy: 'Never' } }), undefined],
  ])('a container that %s', (_, one, times) => expect(crashed([one])?.times).toBe(times));

  test('the one that ended most often is told', () => {
    const pods = [
      pod('a', { restartCount: 1, state: RUNNING, lastState: ENDED }),
      pod('b', { restartCount: 4, state: RUNNING, lastState: ENDED }),
    ];
    expect(crashed(pods)?.pod.metadata.name).toBe('b');
  });
});

describe('preferCrashCause', () => {
  const run = (pods: Pod[]) =>
    ({
      kubernetes: { list: async () => ({ items: pods }), logs: async () => 'no FEATURE_FLAGS_URL\n' },
      options: { release: 'todo' },
    }) as unknown as Run;
  const failed = new StepFailure('smoke-failed', 'Check "/" failed', { evidence: [{ title: 'Check /', text: 'got 502' }] });

  test('names the crash, and shows its log and the check', async () => {
    const told = (await preferCrashCause(
      failed,
      run([pod('a', { restartCount: 2, state: RUNNING, lastState: ENDED })]),
      'green',
    )) as StepFailure;
    expect([told.reason, told.message]).toEqual([
      'crash-loop',
      'Container "web" of pod a crashes right after it starts: 2 times (exit code 3)',
    ]);
    expect((await told.evidence()).map(({ title }) => title)).toEqual(['Last log lines of web', 'Pod a', 'Check /']);
  });

  test('names the workload of the pod', async () => {
    const owned = (kind: string, name: string, labels = {}) =>
      pod('a', { restartCount: 0, state: ENDED }, { metadata: { labels, ownerReferences: [{ kind, name, controller: true }] } });
    const named = async (one: Pod) => ((await preferCrashCause(failed, run([one]), 'green')) as StepFailure).message;
    expect(await named(owned('ReplicaSet', 'web-green-5d9c', { 'pod-template-hash': '5d9c' }))).toContain(
      'of Deployment/web-green crashes',
    );
    expect(await named(owned('StatefulSet', 'db'))).toContain('of StatefulSet/db crashes');
  });

  test('leaves any other failure as it is', async () => {
    const crashing = run([pod('a', { restartCount: 2, state: RUNNING, lastState: ENDED })]);
    const cancelled = new Error('cancelled');
    const other = new StepFailure('not-ready', 'Deployment/web was not ready');
    expect(await preferCrashCause(failed, run([pod('a', { restartCount: 0, state: RUNNING })]), 'green')).toBe(failed);
    expect(await preferCrashCause(other, crashing, 'green')).toBe(other);
    expect(await preferCrashCause(cancelled, crashing, 'green')).toBe(cancelled);
  });
});

import { describe, expect, test } from '@jest/globals';
import { runningJobs } from '../../../../src/deploy/color/jobs.ts';
import { isSibling, lastTick } from '../../../../src/deploy/color/schedule.ts';
import type { Job, Workload } from '../../../../src/interfaces/objects.ts';

const cronJob = (status: object = {}): Workload => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'tick-blue', uid: 'u1' },
  status,
});
const job = (
  name: string,
  more: { uid?: string; at?: string; labels?: object; pods?: object; hook?: true; status?: object; spec?: object } = {},
) =>
  ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      labels: more.labels,
      annotations: {
        ...(more.at && { 'batch.kubernetes.io/cronjob-scheduled-timestamp': more.at }),
        ...(more.hook && { 'helm.sh/hook': 'test' }),
      },
      ownerReferences: more.uid ? [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'x', uid: more.uid, controller: true }] : [],
    },
    spec: { template: { metadata: { labels: more.pods } }, ...more.spec },
    status: more.status,
  }) as unknown as Job;

describe('the last tick of a schedule', () => {
  const at = '2026-03-01T03:00:00Z';
  test.each<[string, object, Job[], string | undefined]>([
    ['none', {}, [], undefined],
    ['its own note', { lastScheduleTime: at }, [], at],
    ['a Job that it does not remember', {}, [job('tick-blue-29539380', { uid: 'u1', at })], at],
    ['a newer Job', { lastScheduleTime: '2026-03-01T02:00:00Z' }, [job('tick-blue-1', { uid: 'u1', at })], at],
    ['an older Job', { lastScheduleTime: at }, [job('tick-blue-1', { uid: 'u1', at: '2026-03-01T02:00:00Z' })], at],
    ['a Job of somebody else', {}, [job('tick-blue-1', { uid: 'u2', at })], undefined],
    ['a Job that a person made from it', {}, [job('by-hand', { uid: 'u1' })], undefined],
    ['a Job that a person made from it, named by the second', {}, [job('tick-blue-1795991614', { uid: 'u1' })], undefined],
    ['a Job that a person made from it, named by the millisecond', {}, [job('tick-blue-1795991614568', { uid: 'u1' })], undefined],
  ])('%s', (_, status, jobs, expected) => {
    expect(lastTick(cronJob(status), jobs)).toBe(expected === undefined ? 0 : Date.parse(expected));
  });
});

describe('running Jobs of a color', () => {
  const colored = { 'todo-deploy.dev/app': 'shop', 'todo-deploy.dev/color': 'blue' };
  const ended = { conditions: [{ type: 'Failed', status: 'True' }] };
  test.each<[string, Job, boolean]>([
    ['of its CronJob', job('a', { uid: 'u1' }), true],
    ['of its CronJob, ended', job('a', { uid: 'u1', status: ended }), false],
    ['of its CronJob, suspended', job('a', { uid: 'u1', spec: { suspend: true } }), false],
    ['of a worker: its pods carry the color', job('a', { pods: colored }), true],
    ['of a worker: it carries the color', job('a', { labels: colored }), true],
    ['of a worker of the other color', job('a', { pods: { ...colored, 'todo-deploy.dev/color': 'green' } }), false],
    ['of another app', job('a', { pods: { ...colored, 'todo-deploy.dev/app': 'blog' } }), false],
    ['a hook', job('a', { labels: colored, hook: true }), false],
    ['of nobody', job('a'), false],
  ])('%s: %s', (_, one, expected) => expect(runningJobs([one], [cronJob()], 'shop', 'blue')).toEqual(expected ? [one] : []));
});

describe('one schedule in several versions', () => {
  const schedule = (name: string, labels: Record<string, string> = {}, annotations: Record<string, string> = {}): Workload => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, uid: `uid of ${name}`, labels, annotations },
  });
  const colored = (name: string, color: string, app = 'shop') =>
    schedule(`${name}-${color}`, { 'todo-deploy.dev/app': app, 'todo-deploy.dev/color': color });
  const plain = (name: string, release: string) => schedule(name, {}, { 'meta.helm.sh/release-name': release });
  test.each([
    ['the other color’s', colored('tick', 'blue'), true],
    ['plain Helm’s', plain('tick', 'shop'), true],
    ['its own', colored('tick', 'green'), false],
    ['of another name', colored('tock', 'blue'), false],
    ['of another app', colored('tick', 'blue', 'blog'), false],
    ['plain Helm’s, of another app', plain('tick', 'blog'), false],
    ['a stranger’s, named like a color’s', schedule('tick-blue'), false],
  ])('%s: %s', (_, one, expected) => expect(isSibling(one, colored('tick', 'green'), 'shop')).toBe(expected));
});

import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { until } from '../../../../cluster/wait.ts';
import type { DeployOptions } from '../../../../src/deploy/index.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import { App, type Ended } from '../../support/app.ts';
import { CRON_JOB, endJob, JOB, jobOf } from '../../support/scheduler.ts';
import { expectWayOut } from '../../support/way-out.ts';

// Several deploys each.
jest.setTimeout(240_000);

let app: App;
beforeEach(async () => {
  app = await App.create('jobs');
});
afterEach(() => app.remove());

const deploy = (version: string, more: Partial<DeployOptions> = {}): Promise<Ended> =>
  app.deploy(version, undefined, { values: app.values(version, { schedule: { cron: '0 3 * * *' } }), ...more });

/** The CronJob of blue has started a Job, which takes its time. */
async function startJob(): Promise<string> {
  const cronJob = await app.kubernetes.get({ ...CRON_JOB, name: 'small-tick-blue' });
  const job = jobOf(cronJob?.metadata ?? { name: '' }, 29_000_000);
  await app.kubernetes.create(job);
  return job.metadata.name;
}

const finishing = () => until('the finish', 60_000, async () => ((await app.journal()).inFlight?.phase === 'finish' ? true : undefined));
/** Long enough for a run that does not wait. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 1_500));

test('a Job that both colors share still runs, and this version changes it: named, before anything is touched', async () => {
  const setup = (text: string): KubernetesObject => ({
    ...JOB,
    metadata: { name: 'setup' },
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'registry.example/a', args: [text] }] } } },
  });
  const run = (version: string, text: string) =>
    app.deploy(version, undefined, { values: app.values(version, { base: [setup(text)] }), timeoutMs: 3_000 });
  await deploy('v1-good');
  expect((await run('v2-good', 'two')).outcome).toMatchObject({ status: 'rolled-back', failureReason: 'job-unfinished' });
  const { outcome, written } = await run('v3-good', 'three');
  expect(outcome).toMatchObject({ status: 'failed', failureReason: 'immutable-field', version: 'v1-good' });
  expect(outcome).toMatchObject({
    error: {
      message: expect.stringContaining('Job/setup, as an earlier version made it, still runs'),
      hint: expect.stringContaining('delete job setup'),
    },
  });
  expect(written).toEqual([]);
  await endJob(app.kubernetes, 'setup');
  const again = run('v3-good', 'three');
  await until('another Job', 60_000, async () => {
    const live = await app.kubernetes.get({ ...JOB, name: 'setup' });
    return live && !live.status?.conditions ? true : undefined;
  });
  await endJob(app.kubernetes, 'setup');
  expect((await again).outcome).toMatchObject({ status: 'deployed', version: 'v3-good' });
});

test.each(['zero', 'remove'] as const)(
  'a Job of the old color runs, keep-old is %s: its color stays up until it has ended',
  async (keepOld) => {
    await deploy('v1-good');
    const name = await startJob();
    const running = deploy('v2-good', { keepOld });
    await finishing();
    await aMoment();
    expect(await app.replicas('blue')).toBe(1);
    await endJob(app.kubernetes, name);
    const { outcome, log } = await running;
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
    expect(log.filter((line) => line.startsWith(`Waiting for Job/${name} of blue, at most 60 s`))).toHaveLength(1);
    expect(await app.replicas('blue')).toBe(keepOld === 'zero' ? 0 : undefined);
    await expectWayOut(app, 'v3-good');
  },
);

test.each(['zero', 'remove'] as const)(
  'a Job of the old color that does not end, keep-old is %s: within the limit, and said',
  async (keepOld) => {
    await deploy('v1-good');
    const name = await startJob();
    const { outcome } = await deploy('v2-good', { keepOld, timeoutMs: 5_000 });
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
    expect(outcome).toMatchObject({
      report: { notes: expect.arrayContaining([expect.stringContaining(`Job/${name} of blue still runs after 5 s`)]) },
    });
    expect(await app.replicas('blue')).toBe(keepOld === 'zero' ? 0 : undefined);
    await endJob(app.kubernetes, name).catch(() => undefined);
    await expectWayOut(app, 'v3-good');
  },
);

test('a worker of the old color has made a Job, whose pods carry its color: it is waited for, one of a stranger is not', async () => {
  await deploy('v1-good');
  const job = (name: string, labels: Record<string, string>): KubernetesObject => ({
    ...JOB,
    metadata: { name },
    spec: {
      template: { metadata: { labels }, spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'registry.example/a' }] } },
    },
  });
  await app.kubernetes.create(job('mine', { 'todo-deploy.dev/app': 'small', 'todo-deploy.dev/color': 'blue' }));
  await app.kubernetes.create(job('strange', {}));
  const running = deploy('v2-good');
  await finishing();
  await aMoment();
  expect(await app.replicas('blue')).toBe(1);
  await endJob(app.kubernetes, 'mine');
  expect((await running).outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
  expect(await app.replicas('blue')).toBe(0);
  await expectWayOut(app, 'v3-good');
});

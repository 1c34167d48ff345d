import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { until } from '../../../../cluster/wait.ts';
import type { DeployOptions } from '../../../../src/deploy/index.ts';
import { journalName, SECRET, SERVICE } from '../../../../src/deploy/kube/names.ts';
import { App, type Ended, RELEASE } from '../../support/app.ts';
import { DEPLOYMENT } from '../../support/controllers.ts';
import { HELM4, upgrade } from '../../support/plain.ts';
import { CRON_JOB, Scheduler } from '../../support/scheduler.ts';
import { expectWayOut } from '../../support/way-out.ts';
import type { Fault } from '../../support/wire.ts';

// Several deploys each.
jest.setTimeout(240_000);

let app: App;
let scheduler: Scheduler;
beforeEach(async () => {
  app = await App.create('workers');
  scheduler = new Scheduler(app.kubernetes);
  scheduler.start();
});
afterEach(async () => {
  await scheduler.stop();
  await app.remove();
});

const deploy = (version: string, fault?: Fault, more: Partial<DeployOptions> = {}): Promise<Ended> =>
  app.deploy(version, fault, { values: app.values(version, { schedule: { cron: '*/1 * * * *' } }), ...more });

/** Every minute of the schedule has run, once, in whichever color. */
async function expectEachOnce(): Promise<void> {
  const all = async () => (Object.values(await scheduler.runs()).every((count) => count > 0) ? true : undefined);
  await until('every minute to have run', 20_000, all).catch(() => undefined);
  const runs = await scheduler.runs();
  expect(runs).toEqual(Object.fromEntries(Object.keys(runs).map((minute) => [minute, 1])));
}

const suspended = async (): Promise<Record<string, boolean | undefined>> => {
  const { items } = await app.kubernetes.list(CRON_JOB);
  return Object.fromEntries(items.map(({ metadata, spec }) => [metadata.name, spec?.suspend]));
};

test.each([
  ['', false],
  [', and a minute goes by whenever none of them runs', true],
])('a CronJob of each minute, through two switches and one way back: no tick twice, none lost%s', async (_, gaps) => {
  scheduler.gaps = gaps;
  expect((await deploy('v1-good')).outcome).toMatchObject({ status: 'deployed' });
  await scheduler.tick();
  expect((await deploy('v2-good')).outcome).toMatchObject({ status: 'deployed' });
  await scheduler.tick();
  expect((await deploy('v3-good')).outcome).toMatchObject({ status: 'deployed' });
  await scheduler.tick();
  expect((await deploy('v4-late')).outcome).toMatchObject({ status: 'rolled-back', version: 'v3-good' });
  await scheduler.tick();
  expect(await suspended()).toEqual({ 'small-tick-blue': false, 'small-tick-green': true });
  await expectEachOnce();
  expect((await app.rollback('previous')).outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
  await expectEachOnce();
  await expectWayOut(app, 'v5-good');
});

test('a run is killed once its CronJob is resumed: the run after it leads the schedule on where it was', async () => {
  await deploy('v1-good');
  const { written } = await deploy('v2-good');
  const resumed = written.lastIndexOf('patch CronJob small-tick-green');
  expect(resumed).toBeGreaterThan(0);
  await scheduler.tick();
  expect((await deploy('v3-good', { kind: 'kill', write: resumed + 1 })).outcome).toBe('killed');
  await scheduler.tick();
  await app.letLeaseExpire();
  expect((await deploy('v4-good')).outcome).toMatchObject({ status: 'deployed' });
  await expectEachOnce();
  await expectWayOut(app, 'v5-good');
});

test('a Job whose tick its CronJob does not remember, as when both were written at once: it does not run again', async () => {
  await deploy('v1-good');
  await scheduler.tick();
  const name = 'small-tick-blue';
  await until('the tick', 30_000, async () => (Object.values(await scheduler.runs()).every((count) => count > 0) ? true : undefined));
  // The Job is there; the CronJob's own status was refused, since we suspended it at that moment.
  await app.kubernetes.patch({ ...CRON_JOB, name }, { status: { lastScheduleTime: null } }, { type: 'merge', subresource: 'status' });
  await deploy('v2-good');
  await expectEachOnce();
  await expectWayOut(app, 'v3-good');
});

test('an account that may not write the schedule’s memory on its way back: it goes back, and says so', async () => {
  await deploy('v1-good');
  await scheduler.tick();
  const { written } = await deploy('v2-good');
  await scheduler.tick();
  // The one before it is resumed.
  const handed = written.lastIndexOf('patch CronJob small-tick-green', written.lastIndexOf('patch CronJob small-tick-green') - 1);
  expect(handed).toBeGreaterThan(0);
  const { outcome, log } = await deploy('v3-good', { kind: 'fail', write: handed + 1 });
  expect(outcome).toMatchObject({ status: 'deployed' });
  expect(log.filter((line) => /small-tick-blue.*may run .* again/.test(line))).toHaveLength(1);
  await expectWayOut(app, 'v4-good');
});

test('what serves is scaled to nothing, its journal deleted, its Service led elsewhere: the next one is the first, and one schedule runs', async () => {
  await deploy('v1-good');
  await deploy('v2-good');
  await app.kubernetes.patch({ ...DEPLOYMENT, name: `${RELEASE}-web-green` }, { spec: { replicas: 0 } }, { type: 'merge' });
  await app.kubernetes.delete({ ...SECRET, name: journalName(RELEASE) });
  for (const selector of [null, { app: 'other' }])
    await app.kubernetes.patch({ ...SERVICE, name: `${RELEASE}-web` }, { spec: { selector } }, { type: 'merge' });
  expect((await deploy('v3-good')).outcome).toMatchObject({ status: 'deployed', activeColor: 'blue', previousVersion: undefined });
  expect(await suspended()).toEqual({ 'small-tick-blue': false, 'small-tick-green': true });
  await expectWayOut(app, 'v4-good');
});

test('a version that fails at the front door while its worker still starts: users do not wait for the worker', async () => {
  const worker = (version: string, quality: string) => ({ values: app.values(version, { worker: { quality } }) });
  expect((await app.deploy('v1-good', undefined, worker('v1-good', 'good'))).outcome).toMatchObject({ status: 'deployed' });
  const { outcome } = await app.deploy('v2-late', undefined, { ...worker('v2-late', 'waits'), timeoutMs: 8_000 });
  expect(outcome).toMatchObject({
    status: 'rolled-back',
    failureReason: 'smoke-failed',
    version: 'v1-good',
    report: { failure: { step: 'bake' } },
  });
  await expectWayOut(app, 'v3-good');
});

test('a worker that does not become ready: the bake fails by it, however short it is', async () => {
  const worker = (version: string, quality: string) => ({ values: app.values(version, { worker: { quality } }) });
  await app.deploy('v1-good', undefined, worker('v1-good', 'good'));
  const { outcome } = await app.deploy('v2-good', undefined, { ...worker('v2-good', 'waits'), timeoutMs: 4_000 });
  expect(outcome).toMatchObject({ status: 'rolled-back', failureReason: 'not-ready', version: 'v1-good' });
  const queue = await app.kubernetes.get({ ...DEPLOYMENT, name: 'small-queue-blue' });
  expect(queue?.spec?.replicas).toBe(1);
  await expectWayOut(app, 'v3-good');
});

test('an app of plain Helm is taken over, given back and taken over: its schedule goes on', async () => {
  const schedule = { schedule: { cron: '*/1 * * * *' } };
  await upgrade(app, HELM4, 'v1-good', schedule);
  await scheduler.tick();
  expect((await deploy('v2-late')).outcome).toMatchObject({ status: 'rolled-back', version: 'Helm revision 1' });
  await expectEachOnce();
  await scheduler.tick();
  expect((await deploy('v2-good')).outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
  expect(await suspended()).toEqual({ 'small-tick-blue': false });
  await scheduler.tick();
  expect((await app.toPlain()).outcome).toMatchObject({ status: 'deployed' });
  expect(await suspended()).toEqual({ 'small-tick': false });
  await scheduler.tick();
  await expectEachOnce();
});

test('an app of a CronJob alone: nothing of it is taken for deleted, and it goes back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'schedule-alone-'));
  const deployAlone = (version: string, fault?: Fault) => {
    const containers = [{ name: 'tick', image: `registry.example/app:${version}` }];
    writeChart(folder, { cron: { restartPolicy: 'Never', containers } });
    return app.deploy(version, fault, { chart: folder, values: { files: [], inline: '' }, smoke: [] });
  };
  try {
    expect((await deployAlone('v1-good')).outcome).toMatchObject({ status: 'deployed', activeColor: 'blue' });
    const { outcome, log } = await deployAlone('v2-good');
    expect(outcome).toMatchObject({ status: 'deployed', activeColor: 'green' });
    expect(log.join('\n')).not.toMatch(/deleted|is not ready/);
    expect((await app.rollback('previous', undefined, { smoke: [] })).outcome).toMatchObject({ status: 'deployed', version: 'v1-good' });
    expect(await suspended()).toEqual({ 'alone-tick-blue': false, 'alone-tick-green': true });
    // Nobody had said that it is good: what served before is resumed, and the next one goes beside it.
    await deployAlone('v3-good', { kind: 'kill', since: 'bake', write: 1 });
    await app.letLeaseExpire();
    const next = await deployAlone('v4-good');
    expect(next.outcome).toMatchObject({ status: 'deployed', version: 'v4-good' });
    expect(next.log.join('\n')).not.toMatch(/deleted|is not ready/);
    expect(await suspended()).toEqual({ 'alone-tick-blue': true, 'alone-tick-green': false });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function writeChart(folder: string, { cron }: { cron: object }): void {
  const spec = { schedule: '0 4 * * *', jobTemplate: { spec: { template: { spec: cron } } } };
  mkdirSync(join(folder, 'templates'), { recursive: true });
  writeFileSync(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: alone\nversion: 1.0.0\n');
  writeFileSync(join(folder, 'templates/tick.yaml'), JSON.stringify({ ...CRON_JOB, metadata: { name: 'alone-tick' }, spec }));
}

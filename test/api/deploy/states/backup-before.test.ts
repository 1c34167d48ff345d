import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { backupNow, recordProof } from '../../../../src/backup/index.ts';
import { JOB, POD } from '../../../../src/deploy/kube/names.ts';
import { systemClock } from '../../../../src/runtime/clock.ts';
import { QUIET } from '../../../support/log.ts';
import { App, RELEASE } from '../../support/app.ts';
import { setStatus, until } from '../../support/hands.ts';
import { versionOf } from '../../support/pods.ts';
import { endJob } from '../../support/scheduler.ts';

const CRON_JOB = { apiVersion: 'batch/v1', kind: 'CronJob', name: `todo-deploy-${RELEASE}-backups` };
const ID = '000007-20260301T030000Z-7f3a9c';
const IMAGE = 'registry.example/backup:1';

// Several deploys in one test.
jest.setTimeout(180_000);

let app: App;
beforeAll(async () => {
  app = await App.create('backup-before');
  app.takeBackup = async ({ optional, signal }) => {
    const log = QUIET;
    const report = await backupNow(
      { release: RELEASE, cronJob: CRON_JOB.name, optional },
      { kubernetes: app.kubernetes, clock: systemClock, log, signal },
    );
    return report && { id: String(report.backup), snapshotAt: String(report.snapshotAt) };
  };
});
afterAll(() => app.remove());

const migrating = (version: string) => ({
  backup: 'before-migration' as const,
  values: app.values(version, { migrate: { enabled: true, script: '', irreversible: '0042-drop-notes' } }),
});
const jobs = async () => (await app.kubernetes.list(JOB)).items;
const serving = async () => (await app.serving()).map(versionOf);

/** Plays what the cluster makes of the Job of a backup: a pod that ends with these words. */
async function endBackup(message: string, exitCode: number): Promise<void> {
  const job = await until('Job of a backup', async () =>
    (await jobs()).find(({ metadata, status }) => metadata.name.startsWith(CRON_JOB.name) && !status?.conditions?.length),
  );
  const { name } = job.metadata;
  const pod = await app.kubernetes.create({
    ...POD,
    metadata: { name: `${name}-x7k2p`, labels: { 'job-name': name } },
    spec: { restartPolicy: 'Never', containers: [{ name: 'backup', image: IMAGE }] },
  });
  const state = { terminated: { exitCode, message } };
  const containerStatuses = [{ name: 'backup', image: IMAGE, imageID: '', ready: false, restartCount: 0, state }];
  await setStatus(app, pod, { phase: exitCode === 0 ? 'Succeeded' : 'Failed', containerStatuses });
  if (exitCode === 0) return endJob(app.kubernetes, name);
  const now = new Date().toISOString();
  const conditions = ['FailureTarget', 'Failed'].map((type) => ({ type, status: 'True', reason: 'PodFailed', lastTransitionTime: now }));
  await app.kubernetes.patch(
    { ...JOB, name },
    { status: { startTime: now, failed: 1, conditions } },
    { type: 'merge', subresource: 'status' },
  );
}

describe('a backup before a deploy', () => {
  test('the first deploy has none where none are set up; without a migration none is taken', async () => {
    const { outcome } = await app.deploy('v1-good', undefined, { backup: 'before' });
    expect(outcome).toMatchObject({ status: 'deployed' });
    expect((await app.deploy('v2-good', undefined, { backup: 'before-migration' })).outcome).toMatchObject({ status: 'deployed' });
    expect(await jobs()).toEqual([]);
  });

  test('a version that migrates is not begun where no backup can be taken', async () => {
    const { outcome, written } = await app.deploy('v3-good', undefined, migrating('v3-good'));
    expect(outcome).toMatchObject({ status: 'failed', failureReason: 'configuration' });
    expect(outcome).toMatchObject({ error: { message: expect.stringContaining(`there is no CronJob ${CRON_JOB.name} to take it`) } });
    expect([written.filter((line) => !/lease/i.test(line)), await serving()]).toEqual([[], ['v2-good']]);
  });

  test('a plan says that one would be taken, and takes none', async () => {
    const { outcome } = await app.deploy('v3-good', undefined, { ...migrating('v3-good'), dryRun: true });
    expect(outcome).toMatchObject({ status: 'planned', report: { notes: [expect.stringContaining('brings Job/small-migrate')] } });
  });

  test('one that fails ends the deploy before anything is touched', async () => {
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'backup', image: IMAGE }] } };
    const { name, ...kind } = CRON_JOB;
    await app.kubernetes.create({ ...kind, metadata: { name }, spec: { schedule: '17 3 * * *', jobTemplate: { spec: { template } } } });
    const [{ outcome }] = await Promise.all([
      app.deploy('v3-good', undefined, migrating('v3-good')),
      endBackup('The storage is full\nWhat to do: make room', 1),
    ]);
    expect(outcome).toMatchObject({ status: 'failed', failureReason: 'backup-failed' });
    expect(outcome).toMatchObject({ error: { message: expect.stringContaining('nothing was touched: The storage is full') } });
    expect([(await app.journal()).inFlight, await serving()]).toEqual([undefined, ['v2-good']]);
    expect((await jobs()).map(({ metadata }) => metadata.name)).toEqual([expect.stringMatching(/-backups-/)]);
  });

  test('one that is good goes before the migration, and the journal knows it', async () => {
    const hook = async () => {
      const job = await until('Job of the hook', async () => (await jobs()).find(({ metadata }) => metadata.name === 'small-migrate'));
      const before = (await jobs()).filter(({ metadata }) => metadata.name.startsWith(CRON_JOB.name));
      expect(before.map(({ status }) => status?.succeeded)).toContain(1);
      await endJob(app.kubernetes, job.metadata.name);
    };
    const report = JSON.stringify({ backup: ID, snapshotAt: new Date(Date.now() - 5 * 3_600_000).toISOString() });
    const [{ outcome }] = await Promise.all([app.deploy('v3-good', undefined, migrating('v3-good')), endBackup(report, 0), hook()]);
    const notes = expect.arrayContaining([expect.stringContaining(`Backup ${ID} was taken`)]);
    expect(outcome).toMatchObject({ status: 'deployed', report: { notes } });
    const [newest] = (await app.journal()).history;
    expect(newest?.migrations).toMatchObject([{ name: 'small-migrate', irreversible: '0042-drop-notes', backup: { id: ID } }]);
  });

  test('the way back over it names that backup, whether a drill restored it, and the command', async () => {
    const hint = async () => {
      const { outcome } = await app.rollback('previous');
      expect(outcome).toMatchObject({ status: 'failed', failureReason: 'irreversible' });
      return outcome === 'killed' ? '' : (outcome.report.failure?.hint ?? '');
    };
    expect(await hint()).toContain(`backup ${ID}, 5 h old, taken before it ran (no drill is known to have restored it`);
    await recordProof(app.kubernetes, RELEASE, { backup: ID, snapshotAt: 0, drilledAt: Date.now() });
    expect(await hint()).toContain('(a drill has restored it)');
    expect(await hint()).toContain(`todo-deploy restore --release ${RELEASE} --namespace ${app.namespace} --mode into --from ${ID}`);
  });
});

import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { journalName, SECRET } from '../../../../src/deploy/kube/names.ts';
import { environment, runner } from '../../support/api.ts';
import { App, RELEASE } from '../../support/app.ts';
import { DEPLOYMENT } from '../../support/controllers.ts';
import { meanwhile } from '../../support/hands.ts';
import { Kubectl } from '../../support/kubectl.ts';
import { expectWayOut } from '../../support/way-out.ts';

// A row is several runs: seconds each where others need the machine too.
jest.setTimeout(240_000);

let app: App;
let kubectl: Kubectl;
beforeEach(async () => {
  app = await App.create('lost');
  kubectl = new Kubectl(app);
});
afterEach(() => app.remove());

const EXTRA = `${RELEASE}-extra`;
const deleteJournal = () => app.kubernetes.delete({ ...SECRET, name: journalName(RELEASE) });
const uninstall = (release: string) =>
  runner.run({ command: ['helm', 'uninstall', release, `--namespace=${app.namespace}`], env: environment, timeoutMs: 60_000 });
const withValues = (version: string, values: object) => app.deploy(version, undefined, { values: app.values(version, { ...values }) });

describe('the journal is deleted in the middle of a run', () => {
  test('of a first deploy: it goes on, and the journal is there again', async () => {
    const { outcome } = await meanwhile(app, () => app.deploy('v1-good'), 'ready', deleteJournal);
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v1-good' });
    expect(await kubectl.served()).toMatchObject({ versions: ['v1-good'], active: 'blue', history: ['v1-good'] });
    await expectWayOut(app, 'v2-good');
  });

  test('of a later deploy that fails: users stay, and nothing of the history is lost', async () => {
    await app.deploy('v1-good');
    const { outcome } = await meanwhile(app, () => app.deploy('v2-sick'), 'ready', deleteJournal);
    expect(outcome).toMatchObject({ status: 'rolled-back', failureReason: 'smoke-failed', version: 'v1-good' });
    const { history, lastFailure, inFlight } = await app.journal();
    expect([history.map(({ version, actor }) => [version, actor]), lastFailure?.version, inFlight]).toEqual([
      [['v1-good', 'ada']],
      'v2-sick',
      undefined,
    ]);
    await expectWayOut(app, 'v3-good');
  });
});

test('a first deploy failed, and its journal was deleted: its version did not serve, and is not taken for one that did', async () => {
  expect((await app.deploy('v1-sick')).outcome).toMatchObject({ status: 'failed', failureReason: 'smoke-failed' });
  await deleteJournal();
  const { outcome } = await app.deploy('v2-good');
  expect(outcome).toMatchObject({ status: 'deployed', version: 'v2-good', previousVersion: undefined });
  expect((await kubectl.served()).history).toEqual(['v2-good']);
  await expectWayOut(app, 'v3-good');
});

test('a first version serves, and a person deleted journal and Service: it serves again, and the next one is no first deploy', async () => {
  await app.deploy('v1-good');
  await kubectl.deleteService(`${RELEASE}-web`);
  await deleteJournal();
  const { outcome } = await withValues('v2-sick', { state: { services: ['extra'] } });
  expect(outcome).toMatchObject({ status: 'rolled-back', version: 'v1-good' });
  expect(await kubectl.served()).toMatchObject({ versions: ['v1-good'], active: 'blue', history: ['v1-good'] });
  await expectWayOut(app, 'v3-good');
});

test('what users reach of a color was deleted: its workers stop when the next version serves', async () => {
  const worker = { worker: { quality: 'good' } };
  await withValues('v1-good', worker);
  await kubectl.deleteDeployment('blue');
  expect((await withValues('v2-good', worker)).outcome).toMatchObject({ status: 'deployed', activeColor: 'green' });
  const replicas = async (color: string) =>
    (await app.kubernetes.get({ ...DEPLOYMENT, name: `${RELEASE}-queue-${color}` }))?.spec?.replicas;
  expect([await replicas('blue'), await replicas('green')]).toEqual([0, 1]);
  await expectWayOut(app, 'v3-good');
});

test('users were led to a warm color that lacks what answers: it is not followed', async () => {
  for (const version of ['v1-good', 'v2-good']) {
    const values = app.values(version, version === 'v1-good' ? { state: { services: ['extra'] } } : {});
    await app.deploy(version, undefined, { values, keepOld: 'warm' });
  }
  await kubectl.deleteService(`${RELEASE}-web-blue`);
  await kubectl.deleteDeployment('blue');
  await kubectl.toColor('blue');
  await app.deploy('v9-sick');
  expect(await kubectl.served()).toMatchObject({ color: 'green', versions: ['v2-good'], active: 'green' });
  await expectWayOut(app, 'v3-good');
});

describe('the base was uninstalled, and the next version lacks a Service', () => {
  beforeEach(async () => {
    await withValues('v1-good', { state: { services: ['extra'] } });
    await uninstall(RELEASE);
    expect((await app.deploy('v2-good')).outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
  });

  test('what was made again of it goes with the version that had it', async () => {
    expect(await kubectl.leads(EXTRA)).toBe('gone');
    await expectWayOut(app, 'v3-good');
  });

  test('a rollback has the Services of its version, although Helm counts its revisions from one again', async () => {
    const { outcome } = await app.rollback('previous');
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v1-good' });
    expect(await kubectl.leads(EXTRA)).toBe((await app.journal()).active);
    expect((outcome as { report: { notes: string[] } }).report.notes.join()).toContain('its state at v1-good is no longer recorded');
    await expectWayOut(app, 'v3-good');
  });
});

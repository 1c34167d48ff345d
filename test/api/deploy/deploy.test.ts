import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { COLOR_LABEL } from '../../../src/split/model.ts';
import { App, RELEASE } from '../support/app.ts';
import { versionOf } from '../support/pods.ts';

let app: App;
beforeAll(async () => {
  app = await App.create('deploy');
});
afterAll(() => app.remove());

const served = async () => ({
  color: (await app.selector())?.[COLOR_LABEL],
  versions: (await app.serving()).map(versionOf),
  active: (await app.journal()).active,
});

describe('an app, one run after the other', () => {
  test('a first version that cannot start: there is nothing to go back to, and nothing is removed', async () => {
    const { outcome } = await app.deploy('v0-crashes');
    expect(outcome).toMatchObject({ status: 'failed', failureReason: 'bad-command', rolledBack: false });
    expect(await served()).toEqual({ color: undefined, versions: [], active: undefined });
  });

  test('the first version that serves', async () => {
    const { outcome } = await app.deploy('v1-good');
    expect(outcome).toMatchObject({ status: 'deployed', activeColor: 'blue', version: 'v1-good' });
    expect(await served()).toEqual({ color: 'blue', versions: ['v1-good'], active: 'blue' });
  });

  test('the same again: nothing to do', async () => {
    const { outcome, written } = await app.deploy('v1-good');
    expect(outcome).toMatchObject({ status: 'unchanged', version: 'v1-good' });
    expect(written).toEqual([]);
  });

  test('a second version: users are moved, the old color rests', async () => {
    const { outcome } = await app.deploy('v2-good');
    expect(outcome).toMatchObject({ status: 'deployed', activeColor: 'green', previousColor: 'blue', previousVersion: 'v1-good' });
    expect(await served()).toEqual({ color: 'green', versions: ['v2-good'], active: 'green' });
    expect(await app.replicas('blue')).toBe(0);
  });

  test.each([
    ['v3-crashes', 'bad-command', 'ready'],
    ['v3-sick', 'smoke-failed', 'smoke'],
    ['v3-late', 'smoke-failed', 'bake'],
  ])('%s: %s, found in %s, and users are where they were', async (version, reason, step) => {
    const { outcome } = await app.deploy(version);
    expect(outcome).toMatchObject({
      status: 'rolled-back',
      failureReason: reason,
      version: 'v2-good',
      report: { failure: { step } },
    });
    expect(await served()).toEqual({ color: 'green', versions: ['v2-good'], active: 'green' });
    expect(await app.replicas('blue')).toBe(0);
    expect(await app.journal()).toMatchObject({ lastFailure: { version, reason } });
  });

  test('users are put back even where the journal cannot be written, and it is written after', async () => {
    const { written } = await app.deploy('v3-late');
    const restored = written.lastIndexOf(`apply Service ${RELEASE}-web`);
    const recorded = written.slice(0, restored).findLastIndex((write) => write.startsWith('replace Secret'));
    expect(written.slice(recorded, restored + 1)).toHaveLength(2);

    const { outcome, log } = await app.deploy('v3-late', { kind: 'fail', write: recorded + 1 });
    expect(log.filter((line) => line.startsWith('The journal could not be written'))).toHaveLength(1);
    expect(outcome).toMatchObject({ status: 'rolled-back', failureReason: 'smoke-failed', rolledBack: true });
    expect(await served()).toEqual({ color: 'green', versions: ['v2-good'], active: 'green' });
    expect((await app.journal()).inFlight).toBeUndefined();
  });

  test('back to the version before', async () => {
    const { outcome } = await app.rollback('previous');
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v1-good', previousVersion: 'v2-good' });
    expect(await served()).toEqual({ color: 'blue', versions: ['v1-good'], active: 'blue' });
  });

  test('two at the same time: the second begins when the first has ended', async () => {
    const versions = ['v4-good', 'v5-good'];
    app.order.length = 0;
    const ended = await Promise.all(versions.map((version) => app.deploy(version)));
    expect(ended.map(({ outcome }) => outcome)).toMatchObject([{ status: 'deployed' }, { status: 'deployed' }]);
    const turns = app.order.filter((version, index) => version !== app.order[index - 1]);
    expect(turns.toSorted()).toEqual(versions);
    expect((await served()).versions).toEqual([turns[1]]);
  });
});

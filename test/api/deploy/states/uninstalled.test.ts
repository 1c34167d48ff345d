import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DeployOutcome } from '../../../../src/deploy/index.ts';
import { environment, runner } from '../../support/api.ts';
import { type App, RELEASE } from '../../support/app.ts';
import { Living } from '../../support/living.ts';
import { expectWayOut } from '../../support/way-out.ts';

let living: Living;
let app: App;
beforeEach(async () => {
  living = await Living.create('uninstalled');
  app = living.app;
});
afterEach(() => app.remove());

const uninstall = (...releases: string[]) =>
  runner.run({ command: ['helm', 'uninstall', ...releases, `--namespace=${app.namespace}`], env: environment, timeoutMs: 60_000 });

/** Nothing is left of what served before: only what serves from now on can be gone back to. */
async function deployAnew(): Promise<void> {
  expect((await living.deploy('v3-good')).outcome).toMatchObject({ status: 'deployed', version: 'v3-good' });
  await expectWayOut(app, 'v4-good');
}

describe('a release was uninstalled', () => {
  test('the base: it comes back, and users with it', async () => {
    await uninstall(RELEASE);
    expect(await app.selector()).toBeUndefined();
    await living.deployAgain(/Service small-web was gone: it selects blue again[\s\S]*Ingress\/small-web was deployed and is not there/);
    await expectWayOut(app, 'v2-good');
  });

  test('the base, and the next version fails: the one that served serves again', async () => {
    await uninstall(RELEASE);
    const { outcome } = await living.deploy('v2-sick');
    expect(outcome).toMatchObject({ failureReason: 'smoke-failed', activeColor: 'blue', version: 'v1-good' });
    expect(await living.served()).toEqual({ color: 'blue', versions: ['v1-good'], active: 'blue' });
    await expectWayOut(app, 'v3-good');
  });

  test('the color that serves: nobody is served, so nobody has to be protected', async () => {
    await uninstall(`${RELEASE}-blue`);
    await living.deployAgain(/nobody is served/i);
    await expectWayOut(app, 'v2-good');
  });

  test('the color that serves, and the next version fails: the run does not say that users were put back', async () => {
    await uninstall(`${RELEASE}-blue`);
    const { outcome } = await living.deploy('v2-sick');
    expect(outcome).toMatchObject({ status: 'failed', failureReason: 'smoke-failed', rolledBack: false });
    const { activeColor, version } = outcome as DeployOutcome;
    expect([activeColor, version]).toEqual([undefined, undefined]);
    await deployAnew();
  });

  test('the color that serves, and the next version fails under traffic', async () => {
    await uninstall(`${RELEASE}-blue`);
    const { outcome } = await living.deploy('v2-late');
    expect(outcome).toMatchObject({ status: 'failed', failureReason: 'smoke-failed', rolledBack: false });
    await deployAnew();
  });

  test('the color that rests: a rollback to it says that its record is gone, a deploy goes on', async () => {
    expect((await living.deploy('v2-good')).outcome).toMatchObject({ status: 'deployed', activeColor: 'green' });
    await uninstall(`${RELEASE}-blue`);
    expect((await app.rollback('previous')).outcome).toMatchObject({ status: 'failed', version: 'v2-good' });
    expect((await living.deploy('v2-good')).outcome).toMatchObject({ status: 'unchanged' });
    await expectWayOut(app, 'v3-good');
  });

  test('all three', async () => {
    expect((await living.deploy('v2-good')).outcome).toMatchObject({ status: 'deployed', activeColor: 'green' });
    await uninstall(RELEASE, `${RELEASE}-blue`, `${RELEASE}-green`);
    const { outcome } = await living.deploy('v2-good');
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
    expect((await living.served()).versions).toEqual(['v2-good']);
    await expectWayOut(app, 'v3-good');
  });
});

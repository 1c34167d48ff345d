import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { App, RELEASE } from '../../support/app.ts';
import { Kubectl } from '../../support/kubectl.ts';
import { expectWayOut } from '../../support/way-out.ts';

// A row is several runs: seconds each where others need the machine too.
jest.setTimeout(180_000);

let app: App;
let kubectl: Kubectl;
const TWO = { services: ['extra'] };
const EXTRA = `${RELEASE}-extra`;
/** v2 serves as green, v1 is kept warm as blue. */
beforeEach(async () => {
  app = await App.create('selectors');
  kubectl = new Kubectl(app);
  for (const version of ['v1-good', 'v2-good']) {
    const more = { values: app.values(version, { state: TWO }), keepOld: 'warm' as const };
    expect((await app.deploy(version, undefined, more)).outcome).toMatchObject({ status: 'deployed' });
  }
});
afterEach(() => app.remove());

const next = async (version = 'v9-sick') =>
  (await app.deploy(version, undefined, { values: app.values(version, { state: TWO }) })).log.join('\n');
const onV2 = { color: 'green', versions: ['v2-good'], active: 'green', history: ['v2-good', 'v1-good'] };

describe('with kubectl', () => {
  test('the selector of one Service was taken away: it selects again what the journal says', async () => {
    await kubectl.select(null, EXTRA);
    expect(await next()).toContain(`Service ${EXTRA} selected nothing`);
    expect([await kubectl.served(), await kubectl.leads(EXTRA)]).toEqual([onV2, 'green']);
    await expectWayOut(app, 'v3-good');
  });

  test('the selectors of all Services were taken away', async () => {
    for (const name of [`${RELEASE}-web`, EXTRA]) await kubectl.select(null, name);
    expect(await next()).toContain('selected nothing');
    expect([await kubectl.served(), await kubectl.leads(EXTRA)]).toEqual([onV2, 'green']);
    await expectWayOut(app, 'v3-good');
  });

  test('the color was taken off a selector: no version that fails is ever behind it', async () => {
    await kubectl.toColor(null);
    expect(await next()).toContain(`Service ${RELEASE}-web selected both colors`);
    expect(await kubectl.served()).toEqual(onV2);
    await expectWayOut(app, 'v3-good');
  });

  test('a Service was pointed at another app: it is put back, and said', async () => {
    await kubectl.select({ 'app.kubernetes.io/name': 'maintenance', 'app.kubernetes.io/component': null, 'todo-deploy.dev/color': null });
    expect(await next()).toContain(`Service ${RELEASE}-web selected app.kubernetes.io/instance=small,app.kubernetes.io/name=maintenance`);
    expect(await kubectl.served()).toEqual(onV2);
    await expectWayOut(app, 'v3-good');
  });

  test('a stable Service was deleted: it is made again', async () => {
    await kubectl.deleteService(`${RELEASE}-web`);
    expect(await next()).toContain(`Service ${RELEASE}-web was gone`);
    expect(await kubectl.served()).toEqual(onV2);
    await expectWayOut(app, 'v3-good');
  });

  test('one of two Services was put on the warm color: it is put back', async () => {
    await kubectl.toColor('blue', EXTRA);
    expect(await next()).toContain(`Service ${EXTRA} selected blue`);
    expect([await kubectl.served(), await kubectl.leads(EXTRA)]).toEqual([onV2, 'green']);
    await expectWayOut(app, 'v3-good');
  });

  test('users were put on a color that stands at zero: they go back to the one that serves', async () => {
    await kubectl.scale('blue', 0);
    for (const name of [`${RELEASE}-web`, EXTRA]) await kubectl.toColor('blue', name);
    await next();
    expect([await kubectl.served(), await kubectl.leads(EXTRA)]).toEqual([onV2, 'green']);
    await expectWayOut(app, 'v3-good');
  });

  test('users were put back on the warm color, all of them: that is how it is from then on', async () => {
    for (const name of [`${RELEASE}-web`, EXTRA]) await kubectl.toColor('blue', name);
    const log = await next();
    expect(log).toContain('v1-good serves');
    expect(await kubectl.served()).toEqual({
      color: 'blue',
      versions: ['v1-good'],
      active: 'blue',
      history: ['v1-good', 'v2-good', 'v1-good'],
    });
    await expectWayOut(app, 'v3-good');
  });

  test('users were put back on the warm color, then a rollback: it goes to the version that they were taken from', async () => {
    for (const name of [`${RELEASE}-web`, EXTRA]) await kubectl.toColor('blue', name);
    expect((await app.rollback('previous')).outcome).toMatchObject({ status: 'deployed', version: 'v2-good', previousVersion: 'v1-good' });
    await expectWayOut(app, 'v3-good');
  });

  test('the Service of the color that serves was deleted: it comes back', async () => {
    await kubectl.deleteService(`${RELEASE}-web-green`);
    await next();
    expect(await kubectl.leads(`${RELEASE}-web-green`)).toBe('green');
    expect(await kubectl.served()).toEqual(onV2);
    await expectWayOut(app, 'v3-good');
  });

  test('the color that serves was deleted: it is brought back by what Helm recorded', async () => {
    await kubectl.deleteDeployment('green');
    const log = await next();
    expect(log).toContain('green');
    expect(await kubectl.served()).toEqual(onV2);
    await expectWayOut(app, 'v3-good');
  });
});

import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { App, RELEASE } from '../../support/app.ts';
import { Kubectl } from '../../support/kubectl.ts';
import { expectWayOut } from '../../support/way-out.ts';

// A row is several runs: seconds each where others need the machine too.
jest.setTimeout(180_000);

let app: App;
let kubectl: Kubectl;
beforeEach(async () => {
  app = await App.create('killed');
  kubectl = new Kubectl(app);
  expect((await app.deploy('v1-good')).outcome).toMatchObject({ status: 'deployed', activeColor: 'blue' });
});
afterEach(() => app.remove());

const kill = async (version: string, since: 'switch' | 'bake' | 'switch-back' | 'take-back' | 'finish' | 'smoke', write = 1, more = {}) => {
  expect((await app.deploy(version, { kind: 'kill', since, write }, more)).outcome).toBe('killed');
  await app.letLeaseExpire();
};
/** A run that does nothing but heal: what it deploys serves already, or is sick. */
const next = async (version = 'v9-sick') => (await app.deploy(version)).log.join('\n');
const withServices = (version: string, ...services: string[]) => ({ values: app.values(version, { state: { services } }) });
const EXTRA = `${RELEASE}-extra`;

describe('a version that adds a Service', () => {
  test('fails its bake and is killed on its way back: users stay on the version before', async () => {
    await kill('v2-late', 'switch-back', 2, withServices('v2-late', 'extra'));
    const log = await next();
    expect(await kubectl.served()).toMatchObject({ color: 'blue', versions: ['v1-good'], active: 'blue', history: ['v1-good'] });
    expect(log).toContain('Switched back to blue: reverted the deploy of v2-late');
    expect(await kubectl.leads(EXTRA)).toBe('gone');
    await expectWayOut(app, 'v3-good');
  });

  test('is killed in its bake: users go back', async () => {
    await kill('v2-good', 'bake', 1, withServices('v2-good', 'extra'));
    expect(await next()).toContain('Switched back to blue: reverted the deploy of v2-good');
    expect(await kubectl.served()).toMatchObject({ color: 'blue', versions: ['v1-good'], active: 'blue' });
    await expectWayOut(app, 'v3-good');
  });
});

describe.each(['zero', 'warm', 'remove'] as const)('a version that removes a Service, killed in its drain, with keep-old %s', (keepOld) => {
  test('the next run finishes it: the Service goes, the version serves', async () => {
    await app.deploy('v2-good', undefined, withServices('v2-good', 'extra'));
    expect(await kubectl.leads(EXTRA)).toBe('green');
    await kill('v3-good', 'finish', 1, { keepOld });
    const log = await next();
    expect(log).toContain('Finished the deploy of v3-good');
    expect(await kubectl.served()).toMatchObject({ color: 'blue', versions: ['v3-good'], active: 'blue' });
    expect(await kubectl.leads(EXTRA)).toBe('gone');
    expect((await app.journal()).history[0]?.baseHash).not.toBe('');
    await expectWayOut(app, 'v4-good');
  });
});

describe('killed in the bake, and the old color', () => {
  test('is unready for a moment: it is waited for', async () => {
    await kill('v2-good', 'bake');
    await kubectl.scale('blue', 0);
    setTimeout(() => void kubectl.scale('blue', 1), 1_500);
    await kubectl.scale('blue', 2);
    const log = await next();
    expect(log).toContain('Switched back to blue');
    expect(await kubectl.served()).toMatchObject({ color: 'blue', versions: ['v1-good'], active: 'blue' });
    await expectWayOut(app, 'v3-good');
  });

  test('was scaled to zero: it is scaled up again', async () => {
    await kill('v2-good', 'bake');
    await kubectl.scale('blue', 0);
    const log = await next();
    expect(log).toContain('Switched back to blue');
    expect(await kubectl.served()).toMatchObject({ color: 'blue', versions: ['v1-good'], active: 'blue' });
    await expectWayOut(app, 'v3-good');
  });

  test('was deleted: it is brought back by what Helm recorded', async () => {
    await kill('v2-good', 'bake');
    await kubectl.deleteDeployment('blue');
    const log = await next();
    expect(log).toContain('Switched back to blue');
    expect(await kubectl.served()).toMatchObject({ color: 'blue', versions: ['v1-good'], active: 'blue' });
    await expectWayOut(app, 'v3-good');
  });

  test('lost its Service: users go back all the same', async () => {
    await kill('v2-good', 'bake');
    await kubectl.deleteService(`${RELEASE}-web-blue`);
    expect(await next()).toContain('Switched back to blue');
    expect(await kubectl.served()).toMatchObject({ color: 'blue', versions: ['v1-good'], active: 'blue' });
    await expectWayOut(app, 'v3-good');
  });
});

test('killed in the bake, and the stable Service was deleted: it is made again, and users are on the version before', async () => {
  await kill('v2-good', 'bake');
  await kubectl.deleteService(`${RELEASE}-web`);
  const log = await next();
  expect(log).toContain('Switched back to blue');
  expect(await kubectl.served()).toMatchObject({ color: 'blue', versions: ['v1-good'], active: 'blue' });
  await expectWayOut(app, 'v3-good');
});

test('killed in the drain, and users were put back by hand: they stay there', async () => {
  await kill('v2-good', 'finish');
  await kubectl.toColor('blue');
  const log = await next();
  expect(log).toContain('v1-good serves');
  expect(await kubectl.served()).toMatchObject({ color: 'blue', versions: ['v1-good'], active: 'blue' });
  await expectWayOut(app, 'v3-good');
});

test('killed before the switch, and a Service of someone else selects the color: it is left up, and said', async () => {
  await kill('v2-good', 'smoke');
  const selector = { 'app.kubernetes.io/name': 'small', 'todo-deploy.dev/color': 'green' };
  await app.kubernetes.create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'canary' },
    spec: { selector, ports: [{ port: 80 }] },
  });
  const log = await next();
  expect(log).toMatch(/The color green is not touched: Service canary selects it: it is left up/);
  expect(await kubectl.served()).toMatchObject({ color: 'blue', versions: ['v1-good'], active: 'blue' });
  expect((await app.journal()).inFlight).toBeUndefined();
  await kubectl.deleteService('canary');
  await expectWayOut(app, 'v3-good');
});

import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { SECRET } from '../../../../src/deploy/kube/names.ts';
import { App } from '../../support/app.ts';
import { Kubectl } from '../../support/kubectl.ts';
import { expectWayOut } from '../../support/way-out.ts';

// A row is several runs: seconds each where others need the machine too.
jest.setTimeout(180_000);

let app: App;
let kubectl: Kubectl;
const secret = (value: string, key = 'password', name = 'database') => ({ name, key, value });
const read = async (name = 'database') => {
  const found = await app.kubernetes.get({ ...SECRET, name });
  return (
    found && Object.fromEntries(Object.entries(found.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]))
  );
};
beforeEach(async () => {
  app = await App.create('secrets');
  kubectl = new Kubectl(app);
  const more = { secrets: [secret('one'), secret('eu', 'region')] };
  expect((await app.deploy('v1-good', undefined, more)).outcome).toMatchObject({ status: 'deployed' });
});
afterEach(() => app.remove());

test('a Secret that the chart makes, too: refused before anything is touched, without its value', async () => {
  const made = { ...SECRET, metadata: { name: 'database' }, stringData: { password: 'chart' } };
  const values = app.values('v2-good', { base: [made] });
  const { outcome, written } = await app.deploy('v2-good', undefined, { values, secrets: [secret('hidden-value')] });
  expect(outcome).toMatchObject({
    status: 'failed',
    failureReason: 'configuration',
    error: {
      message: expect.stringMatching(
        /cannot be deployed like this: Secret\/database: is made by the chart itself, and the input "secrets" names it, too .*existingSecret/,
      ),
    },
  });
  expect([written, JSON.stringify(outcome).includes('hidden-value')]).toEqual([[], false]);
});

describe('a version with another value of a secret', () => {
  test('fails: the value goes back, and a key that was not there goes', async () => {
    const secrets = [secret('two'), secret('new', 'token'), secret('x', 'key', 'other')];
    const { outcome, log } = await app.deploy('v2-late', undefined, { secrets });
    expect(outcome).toMatchObject({ status: 'rolled-back', version: 'v1-good' });
    expect([await read(), await read('other')]).toEqual([{ password: 'one', region: 'eu' }, { key: 'x' }]);
    expect(log).toContain('Secret other, which this run made, stays');
    expect(log.join('\n')).not.toContain('two');
    await expectWayOut(app, 'v3-good');
  });

  test('is killed: the next run puts the value back', async () => {
    await app.deploy('v2-good', { kind: 'kill', since: 'bake', write: 1 }, { secrets: [secret('two')] });
    expect(await read()).toEqual({ password: 'two' });
    await app.letLeaseExpire();
    await app.deploy('v9-sick');
    expect(await read()).toEqual({ password: 'one', region: 'eu' });
    expect(await kubectl.served()).toMatchObject({ versions: ['v1-good'] });
    await expectWayOut(app, 'v3-good');
  });

  test('serves: the value stays', async () => {
    await app.deploy('v2-good', undefined, { secrets: [secret('two')] });
    expect(await read()).toEqual({ password: 'two' });
    expect((await app.journal()).inFlight).toBeUndefined();
  });
});

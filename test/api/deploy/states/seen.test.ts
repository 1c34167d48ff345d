import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SERVICE } from '../../../../src/deploy/kube/names.ts';
import { COLOR_LABEL } from '../../../../src/split/model.ts';
import { App } from '../../support/app.ts';
import { meanwhile, setSelector } from '../../support/hands.ts';
import { versionOf } from '../../support/pods.ts';
import { expectWayOut } from '../../support/way-out.ts';

let app: App;
beforeAll(async () => {
  app = await App.create('seen');
  await app.deploy('v1-good');
});
afterAll(() => app.remove());
const served = async () => (await app.serving()).map(versionOf);
const ms = expect.any(Number);

describe('who saw a version that failed', () => {
  test('it fails before the switch: nobody, as selectors and slices prove', async () => {
    const { outcome } = await app.deploy('v2-sick');
    expect(outcome).toMatchObject({ status: 'rolled-back', failureReason: 'smoke-failed', seen: { kind: 'unseen' } });
    expect(await served()).toEqual(['v1-good']);
  });

  test('it fails in the bake: users, from the switch until they were back', async () => {
    const { outcome } = await app.deploy('v2-late');
    expect(outcome).toMatchObject({ status: 'rolled-back', failureReason: 'smoke-failed', seen: { kind: 'served', ms } });
    expect(await served()).toEqual(['v1-good']);
  });

  test('somebody makes a Service of their own for all pods of the app meanwhile: it is named', async () => {
    const spec = { selector: { 'app.kubernetes.io/component': 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] };
    const make = () => app.kubernetes.create({ ...SERVICE, metadata: { name: 'by-hand' }, spec });
    const { outcome } = await meanwhile(app, () => app.deploy('v2-sick'), 'color', make);
    await app.kubernetes.delete({ ...SERVICE, name: 'by-hand' });
    expect(outcome).toMatchObject({ status: 'rolled-back', version: 'v1-good', seen: { kind: 'led', ms, services: ['by-hand'] } });
  });

  test('somebody takes the color off the selector of a stable Service meanwhile: it is named', async () => {
    const { outcome } = await meanwhile(
      app,
      () => app.deploy('v2-sick'),
      'color',
      () => setSelector(app, { [COLOR_LABEL]: null }),
    );
    expect(outcome).toMatchObject({ status: 'rolled-back', version: 'v1-good', seen: { kind: 'led', ms, services: ['small-web'] } });
    expect(await served()).toEqual(['v1-good']);
  });

  test('out of it, forward and back', () => expectWayOut(app, 'v3-good'));
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { App } from '../../support/app.ts';
import { versionOf } from '../../support/pods.ts';
import { expectWayOut } from '../../support/way-out.ts';

let app: App;
beforeAll(async () => {
  app = await App.create('ports');
  await app.deploy('v1-good');
});
afterAll(() => app.remove());

describe('a Service with a port that the new pods do not have', () => {
  test('it is named, with the pod and what to change, before anything is switched', async () => {
    const { outcome } = await app.deploy('v2-good', undefined, { values: app.values('v2-good', { bake: { metrics: 'metrics' } }) });
    expect(outcome).toMatchObject({
      status: 'rolled-back',
      failureReason: 'switch-failed',
      report: { switchMs: undefined, failure: { step: 'smoke', hint: expect.stringContaining('{name: metrics, containerPort: …}') } },
      error: {
        message: expect.stringMatching(
          /^Service small-metrics: its port "metrics" \(9090\) leads to a container port "metrics", and pod small-web-\w+-\w+-0 has none of that name$/,
        ),
      },
    });
    expect((await app.serving()).map(versionOf)).toEqual(['v1-good']);
  });

  test('a port by number needs no name', async () => {
    const { outcome } = await app.deploy('v3-good', undefined, { values: app.values('v3-good', { bake: { metrics: 9090 } }) });
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v3-good' });
  });

  test('out of it, forward and back', () => expectWayOut(app, 'v4-good'));
});

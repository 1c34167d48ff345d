import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SERVICE } from '../../../../src/deploy/kube/names.ts';
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

  test('the port of a Service changes with one version, and back with the next', async () => {
    const portOf = async () => (await app.kubernetes.get({ ...SERVICE, name: 'small-web' }))?.spec?.ports?.map(({ port }) => port);
    for (const [version, port] of [
      ['v3a-good', 8000],
      ['v3b-good', 80],
      ['v3c-good', 8000],
    ] as const) {
      const { outcome } = await app.deploy(version, undefined, { values: app.values(version, { service: { enabled: true, port } }) });
      expect([outcome, await portOf()]).toMatchObject([{ status: 'deployed', version }, [port]]);
    }
    expect((await app.rollback('previous')).outcome).toMatchObject({ status: 'deployed', version: 'v3b-good' });
    expect(await portOf()).toEqual([80]);
  });

  test('out of it, forward and back', () => expectWayOut(app, 'v4-good'));
});

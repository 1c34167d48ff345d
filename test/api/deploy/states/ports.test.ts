import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SERVICE } from '../../../../src/deploy/kube/names.ts';
import { environment, runner } from '../../support/api.ts';
import { App, RELEASE } from '../../support/app.ts';
import { versionOf } from '../../support/pods.ts';
import { expectWayOut } from '../../support/way-out.ts';

let app: App;
beforeAll(async () => {
  app = await App.create('ports');
  await app.deploy('v1-good');
});
afterAll(() => app.remove());

const BOTH = [
  { name: 'http', port: 80, targetPort: 'http' },
  { name: 'number', port: 81, targetPort: 8080 },
];

describe('a Service with a port that the new pods do not have', () => {
  const message =
    'its port "metrics" (9090) leads to a container port "metrics", and Deployment/small-web has none of that name: nobody is served there';

  test('one that no version had: it is named, with what to change, and the rest serves, as with Helm', async () => {
    const { outcome } = await app.deploy('v2-good', undefined, { values: app.values('v2-good', { bake: { metrics: 'metrics' } }) });
    expect(outcome).toMatchObject({
      status: 'deployed',
      report: {
        warnings: expect.arrayContaining([
          { object: 'Service/small-metrics', message, hint: expect.stringContaining('{name: metrics, containerPort: …}') },
        ]),
      },
    });
  });

  test('one that the version which serves has: refused, before anything is touched', async () => {
    const api = (version: string, port: string) => app.values(version, { api: { port, target: 'http' }, state: { services: ['more'] } });
    const both = { kind: 'Service', apiVersion: 'v1', metadata: { name: 'both' }, spec: { selector: { app: 'api' }, ports: BOTH } };
    const values = (version: string, port: string) => {
      const chart = JSON.parse(api(version, port).inline ?? '{}');
      return { files: [], inline: JSON.stringify({ ...chart, base: [both] }) };
    };
    expect((await app.deploy('v2a-good', undefined, { values: values('v2a-good', 'http') })).outcome).toMatchObject({ status: 'deployed' });
    const { outcome, written } = await app.deploy('v2b-good', undefined, { values: values('v2b-good', 'web') });
    expect(outcome).toMatchObject({ status: 'failed', failureReason: 'configuration' });
    expect(outcome).toMatchObject({
      error: {
        message: expect.stringContaining('"http" (80) leads to a container port "http", and Deployment/small-api has none of that name'),
      },
    });
    expect(written).toEqual([]);
    expect((await app.serving()).map(versionOf)).toEqual(['v2a-good']);
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

  test('it changes after helm uninstall of the base, and the run is killed in the switch: the next one is not refused', async () => {
    const onPort = (version: string, port: number) => app.values(version, { service: { enabled: true, port } });
    await runner.run({ command: ['helm', 'uninstall', RELEASE, `--namespace=${app.namespace}`], env: environment, timeoutMs: 60_000 });
    const killed = await app.deploy('v5-good', { kind: 'kill', since: 'switch', write: 3 }, { values: onPort('v5-good', 8000) });
    expect(killed.outcome).toBe('killed');
    await app.letLeaseExpire();
    const { outcome, log } = await app.deploy('v6-good', undefined, { values: onPort('v6-good', 8001) });
    expect(log.join('\n')).toContain('Switched back to');
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v6-good' });
    await expectWayOut(app, 'v7-good');
  });
});

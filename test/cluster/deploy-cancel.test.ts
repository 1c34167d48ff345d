import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type ClusterEnvironment, clusterEnvironment } from '../../demo/environment.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import type { Child } from '../support/action.ts';
import { cancelAsRunner, MARK, processesWith } from '../support/cancel.ts';
import { expectGreen, PairApp } from './deploy-support.ts';

jest.setTimeout(120_000);

const RELEASE = 'stop';
let cluster: ClusterEnvironment;
let app: PairApp;

beforeAll(async () => {
  cluster = clusterEnvironment();
  app = await PairApp.create('deploy-cancel-test', cluster, ['v1', 'v2'], new NodeProcessRunner({ env: process.env }));
  expectGreen(await app.deploySmall(RELEASE, 'v1'));
});
afterAll(() => {
  app.kubectl('delete', 'namespace', app.namespace, '--wait=false');
});

/** Who answers through the stable Service: asked from the inside, by a pod of the version that serves. */
const servedVersion = (): string => {
  const script = `fetch('http://${app.get('service', 'stop-web').spec.clusterIP}/').then((a) => a.text()).then(console.log)`;
  return JSON.parse(app.kubectl('exec', 'deployment/stop-web-blue', '--', 'node', '-e', script)).version;
};
const replicas = (color: string): number | undefined =>
  app.get('deployments').items.find((one: { metadata: { name: string } }) => one.metadata.name === `stop-web-${color}`)?.spec.replicas;

describe('a job that is cancelled as the runner does it', () => {
  test.each([
    [
      'while Helm waits for a hook',
      'Apply what both colors share',
      3_000,
      { migrate: { enabled: true, script: 'setTimeout(() => {}, 90_000)' } },
      'helm upgrade',
    ],
    ['while it waits for the pods', 'Wait until green', 1_000, { env: { NEVER_READY: '1' } }, undefined],
    ['under traffic, after the switch', 'Watch v2', 500, {}, undefined],
  ])('%s', async (_, line, delayMs, values, running) => {
    const mark = `${MARK}=/tmp/cancel-${Date.now()}`;
    const [name = '', value = ''] = mark.split('=');
    let child: Child | undefined;
    let during: string[] | undefined;
    const main = await app.deploySmall(
      RELEASE,
      'v2',
      values,
      { bake: '60s' },
      {
        env: { [name]: value },
        onStart: (started) => {
          child = started;
        },
        onLine: (text) => {
          if (during !== undefined || !text.includes(line)) return;
          during = [];
          const deadline = Date.now() + 60_000;
          const cancel = (): void => {
            const seen = processesWith(mark);
            const waits = running !== undefined && !seen.some((command) => command.includes(running));
            // How long it takes until then depends on the machine.
            if (waits && Date.now() < deadline) return void setTimeout(cancel, 100);
            during = seen;
            cancelAsRunner(child);
          };
          setTimeout(cancel, delayMs);
        },
      },
    );
    // What ran before the signal, or the rest would show nothing.
    expect(during?.some((command) => command.includes('main.js'))).toBe(true);
    if (running) expect(during?.some((command) => command.includes(running))).toBe(true);
    const post = await app.deploySmall(
      RELEASE,
      'v2',
      {},
      {},
      { step: 'post', state: main.state, tempDir: main.tempDir, env: { [name]: value } },
    );
    expect([main.exitCode === 0, post.exitCode]).toEqual([false, 0]);
    expect(processesWith(mark)).toEqual([]);
    expect(app.get('lease', `todo-deploy-${RELEASE}`).spec.holderIdentity).toBeUndefined();
    expect(app.journal(RELEASE).inFlight).toBeUndefined();
    expect(app.get('service', 'stop-web').spec.selector['todo-deploy.dev/color']).toBe('blue');
    expect([replicas('blue'), replicas('green') ?? 0, servedVersion()]).toEqual([1, 0, 'v1']);
  });

  test('the next deploy goes through', async () => {
    expect(expectGreen(await app.deploySmall(RELEASE, 'v2')).outputs).toMatchObject({ status: 'deployed', 'active-color': 'green' });
  });
});

import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { serveWaker } from '../../../src/actions/waker/run.ts';
import { SERVICE } from '../../../src/deploy/kube/names.ts';
import { HttpError } from '../../../src/interfaces/errors.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import type { HttpServer } from '../../../src/tools/http-server.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { actingAs } from '../../../src/tools/kubernetes/load.ts';
import { fallAsleep } from '../../../src/waker/index.ts';
import { WAKER } from '../../../src/waker/marks.ts';
import { logBy } from '../../support/log.ts';
import { access } from '../support/api.ts';
import { App, RELEASE } from '../support/app.ts';
import { DEPLOYMENT } from '../support/controllers.ts';

// Two deploys before each.
jest.setTimeout(240_000);

const WEB = `${RELEASE}-web`;
const BROWSER = { 'user-agent': 'Mozilla/5.0 Firefox/140.0', accept: 'text/html' };
let app: App;
let waker: KubernetesClient;
let server: HttpServer | undefined;
let stop: AbortController;
let said: string[];
const say = (line: string): void => void said.push(line);
const log = logBy(say);

beforeEach(async () => {
  app = await App.create('waker');
  said = [];
  stop = new AbortController();
  // What it may do is what its own ServiceAccount may.
  waker = new KubernetesClient(actingAs(access, `system:serviceaccount:${app.namespace}:${WAKER}`), { namespace: app.namespace });
  for (const version of ['v1', 'v2']) expect((await app.deploy(version)).outcome).toMatchObject({ status: 'deployed' });
});
afterEach(async () => {
  stop.abort();
  await server?.close();
  server = undefined;
  await waker.close();
  await app.remove();
});

const tools = () => ({ kubernetes: app.kubernetes, clock: systemClock, log, signal: stop.signal });
const sleep = (image = 'registry.example/todo-deploy:v1', color: 'blue' | 'green' = 'green') =>
  fallAsleep({ release: RELEASE, color, image }, tools());
const replicas = () => app.replicas('green');
async function listen(): Promise<string> {
  server = await serveWaker(
    { clock: systemClock, log, signal: stop.signal },
    { release: RELEASE, ports: [0], services: [WEB], deployments: [`${WEB}-green`] },
    waker,
  );
  return `http://127.0.0.1:${server.ports[0]}/`;
}
const awake = async (): Promise<void> => {
  while ((await app.selector())?.['todo-deploy.dev/color'] !== 'green') await systemClock.sleep(50);
};

describe('an app that sleeps', () => {
  test('is led to the waker, then stopped; the first visit brings it back as it was', async () => {
    const before = { selector: await app.selector(), replicas: await replicas(), blue: await app.replicas('blue') };
    expect(await sleep()).toBeUndefined();
    expect(await app.selector()).toEqual({ 'todo-deploy.dev/waker': RELEASE });
    expect(await replicas()).toBe(0);
    expect((await app.serving())[0]?.spec?.containers[0]?.name).toBe('waker');

    const url = await listen();
    // Robots, and who only asks whether it is there, wake nothing.
    for (const [method, agent] of [
      ['GET', 'Googlebot/2.1'],
      ['HEAD', BROWSER['user-agent']],
      ['GET', ''],
    ] as const) {
      const { status, headers } = await fetch(url, { method, headers: { 'user-agent': agent } });
      expect([status, headers.get('retry-after')]).toEqual([503, '3600']);
    }
    expect(await replicas()).toBe(0);

    const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(url, { headers: BROWSER })));
    for (const answer of answers) expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await answers[0]?.text()).toContain('http-equiv="refresh"');
    await awake();
    expect({ selector: await app.selector(), replicas: await replicas(), blue: await app.replicas('blue') }).toEqual(before);
    const service = await app.kubernetes.get({ ...SERVICE, name: WEB });
    expect(service?.metadata.annotations).toMatchObject({ 'todo-deploy.dev/woken-at': expect.stringMatching(/^20/) });
    expect(service?.metadata.annotations).not.toHaveProperty('todo-deploy.dev/awake-selector');
    expect(said.filter((line) => line.includes('is scaled to'))).toHaveLength(2);

    // The product's own switch takes the selector as its own again: a deploy goes on as ever.
    expect((await app.deploy('v3')).outcome).toMatchObject({ status: 'deployed' });
    expect(await app.selector()).toMatchObject({ 'todo-deploy.dev/color': 'blue' });
  });

  test('is not led to before it is ready', async () => {
    await sleep();
    // Nobody makes its pods.
    await app.stopControllers();
    const url = await listen();
    expect((await fetch(url, { headers: BROWSER })).status).toBe(503);
    while (!said.some((line) => line.includes('is scaled to'))) await systemClock.sleep(50);
    // Long enough for a waker that does not wait.
    await systemClock.sleep(1_000);
    expect(await app.selector()).toEqual({ 'todo-deploy.dev/waker': RELEASE });
  });

  test('is not led to the waker of an earlier sleep, which would wake what served then', async () => {
    await sleep();
    expect((await app.deploy('v3')).outcome).toMatchObject({ status: 'deployed' });
    const selector = await app.selector();
    const falling = sleep('registry.example/todo-deploy:v2-crashes', 'blue');
    const ended = expect(falling).rejects.toThrow();
    await systemClock.sleep(3_000);
    expect(await app.selector()).toEqual(selector);
    stop.abort();
    await ended;
  });

  test('stays led elsewhere where somebody has done that, and stopped where somebody has', async () => {
    await sleep();
    await app.kubernetes.patch(
      { ...SERVICE, name: WEB },
      { spec: { selector: { mine: 'yes', 'todo-deploy.dev/waker': null } } },
      { type: 'merge' },
    );
    const url = await listen();
    await fetch(url, { headers: BROWSER });
    while (!said.some((line) => line.includes('is awake'))) await systemClock.sleep(50);
    expect(await app.selector()).toEqual({ mine: 'yes' });
  });

  test('that is deployed while it sleeps is awake again, at the chart’s replicas', async () => {
    const before = await replicas();
    await sleep();
    expect((await app.deploy('v3')).outcome).toMatchObject({ status: 'deployed' });
    expect(await app.selector()).toMatchObject({ 'todo-deploy.dev/color': 'blue' });
    expect(await app.replicas('blue')).toBe(before);
    // A rollback to the version that slept finds it as it was.
    expect((await app.rollback('previous')).outcome).toMatchObject({ status: 'deployed', version: 'v2' });
    expect(await replicas()).toBe(before);
  });

  test('does not fall asleep where a Service leads to another color, or nothing runs', async () => {
    expect(await fallAsleep({ release: RELEASE, color: 'blue', image: 'x' }, tools())).toMatch(/leads to another color/);
    await app.kubernetes.patch({ ...DEPLOYMENT, name: `${WEB}-green` }, { spec: { replicas: 0 } }, { type: 'merge' });
    expect(await sleep()).toBe('nothing of it runs');
    expect(await app.selector()).toMatchObject({ 'todo-deploy.dev/color': 'green' });
  });

  test('the waker may wake, and nothing else', async () => {
    await sleep();
    const refused = async (call: Promise<unknown>): Promise<number> =>
      call.then(
        () => 200,
        (error: unknown) => (error instanceof HttpError ? error.status : 0),
      );
    const pod = { apiVersion: 'v1', kind: 'Pod' };
    const attempts = [
      waker.list(SERVICE),
      waker.get({ apiVersion: 'v1', kind: 'Secret', name: `todo-deploy-${RELEASE}-journal` }),
      waker.list({ apiVersion: 'v1', kind: 'Secret' }),
      waker.list(pod),
      waker.create({ ...pod, metadata: { name: 'mine', namespace: app.namespace }, spec: { containers: [{ name: 'x', image: 'x' }] } }),
      waker.patch({ ...DEPLOYMENT, name: `${WEB}-green` }, { spec: { template: { spec: { hostNetwork: true } } } }, { type: 'merge' }),
      waker.patch({ ...DEPLOYMENT, name: `${WEB}-blue` }, { spec: { replicas: 1 } }, { type: 'merge', subresource: 'scale' }),
      waker.patch({ ...DEPLOYMENT, name: WAKER }, { spec: { replicas: 0 } }, { type: 'merge', subresource: 'scale' }),
      waker.patch({ ...SERVICE, name: `${WEB}-blue` }, { metadata: { labels: { mine: 'yes' } } }, { type: 'merge' }),
      waker.get({ apiVersion: 'v1', kind: 'Namespace', name: app.namespace }),
      waker.list(SERVICE, { namespace: 'default' }),
      waker.get({ ...SERVICE, name: 'kubernetes', namespace: 'default' }),
    ];
    expect(await Promise.all(attempts.map(refused))).toEqual(attempts.map(() => 403));
  });
});

import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { NAMESPACE, SERVICE } from '../../../src/deploy/kube/names.ts';
import { tend } from '../../../src/janitor/index.ts';
import {
  momentText,
  type Notes,
  namespaceName,
  type Preview,
  previewIn,
  previewLabels,
  previewNotes,
} from '../../../src/preview/model/index.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { State } from '../../../src/runtime/state.ts';
import { TempFiles } from '../../../src/runtime/temp.ts';
import { HelmCli } from '../../../src/tools/helm/cli.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { actingAs } from '../../../src/tools/kubernetes/load.ts';
import { wake } from '../../../src/waker/index.ts';
import { QUIET } from '../../support/log.ts';
import { shippedRole } from '../../support/shipped-role.ts';
import { access, runner } from '../support/api.ts';
import { App, RELEASE } from '../support/app.ts';
import { DEPLOYMENT } from '../support/controllers.ts';

// A deploy before each.
jest.setTimeout(240_000);

const HOUR = 3_600_000;
const WEB = `${RELEASE}-web`;
const log = QUIET;
const RBAC = 'rbac.authorization.k8s.io/v1';
let app: App;
/** The account that actions/janitor/role.yaml is for: what it does here is what that Role allows. */
let account: string;
let janitor: KubernetesClient;
let folder: string;

beforeEach(async () => {
  const key = { repositoryId: randomInt(1, 2 ** 31), number: randomInt(1, 2 ** 31) };
  const annotations = previewNotes({ release: RELEASE, sleepAfter: '3600', expiresAfter: '86400', expiresAt: momentText(Date.now()) });
  app = await App.createIn({ name: namespaceName(key, RELEASE), labels: previewLabels(key), annotations });
  account = `janitor-${app.namespace}`;
  await app.kubernetes.create({ ...shippedRole('todo', 'janitor'), metadata: { name: account } });
  await app.kubernetes.create({
    apiVersion: RBAC,
    kind: 'ClusterRoleBinding',
    metadata: { name: account },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: account },
    subjects: [{ kind: 'ServiceAccount', name: 'janitor', namespace: app.namespace }],
  });
  janitor = new KubernetesClient(actingAs(access, `system:serviceaccount:${app.namespace}:janitor`), { namespace: app.namespace });
  folder = mkdtempSync(join(tmpdir(), 'tend-'));
  expect((await app.deploy('v1')).outcome).toMatchObject({ status: 'deployed' });
});
afterEach(async () => {
  for (const kind of ['ClusterRoleBinding', 'ClusterRole']) await app.kubernetes.delete({ apiVersion: RBAC, kind, name: account });
  await app.kubernetes.delete({ ...NAMESPACE, name: app.namespace });
  await Promise.all([app.remove(), janitor.close()]);
  rmSync(folder, { recursive: true, force: true });
});

async function preview(): Promise<Preview> {
  const live = await app.kubernetes.get({ ...NAMESPACE, name: app.namespace });
  const seen = live && previewIn(live);
  if (!seen) throw new Error(`${app.namespace} is no preview`);
  return seen;
}
const noted = (notes: Notes) =>
  app.kubernetes.patch({ ...NAMESPACE, name: app.namespace }, { metadata: { annotations: previewNotes(notes) } }, { type: 'merge' });
/** A pass, so long after now by each of the clocks. */
async function pass(later: readonly number[], more: { dryRun?: boolean; sleepAfterMs?: number } = {}): Promise<string | undefined> {
  const files = new TempFiles(folder, new State({}));
  const helm = new HelmCli({ runner, helmPath: 'helm', kubernetes: janitor, relay: janitor.relay, files, namespace: app.namespace });
  const options = {
    sleepAfterMs: undefined,
    image: 'registry.example/todo-deploy:v1',
    imagePullSecrets: [],
    who: { repository: 'acme/small', runUrl: '', actor: 'ada', holder: `janitor-${randomInt(2 ** 31)}` },
    dryRun: false,
    ...more,
  };
  const clocks = later.map((ms) => Date.now() + ms);
  const signal = new AbortController().signal;
  return await tend(await preview(), clocks, options, { kubernetes: janitor, helm, clock: systemClock, log, signal });
}
const sleeps = async (): Promise<boolean> => (await app.selector())?.['todo-deploy.dev/waker'] !== undefined;

describe('a preview that stays', () => {
  test('goes to sleep once nobody has used it for long, by every clock; a visit wakes it and renews its time', async () => {
    const replicas = await app.replicas('blue');
    expect(await pass([0, 0])).toBeUndefined();
    expect(await pass([2 * HOUR, 0])).toBeUndefined();
    expect(await pass([0, 2 * HOUR])).toBeUndefined();
    expect(await pass([2 * HOUR, 2 * HOUR], { dryRun: true })).toBe('it would be put to sleep');
    expect(await sleeps()).toBe(false);

    expect(await pass([2 * HOUR, 2 * HOUR])).toBe('it is put to sleep: nobody has used it lately');
    expect([await sleeps(), await app.replicas('blue')]).toEqual([true, 0]);
    expect(await preview()).toMatchObject({ state: 'asleep' });
    expect(await pass([2 * HOUR, 2 * HOUR])).toBe('it is asleep');

    const before = (await preview()).expiresAt ?? 0;
    const tools = { kubernetes: app.kubernetes, clock: systemClock, log, signal: new AbortController().signal };
    expect(await wake({ services: [WEB], deployments: [`${WEB}-blue`] }, tools)).toBe(true);
    expect([await sleeps(), await app.replicas('blue')]).toEqual([false, replicas]);
    expect(await pass([HOUR / 2, HOUR / 2])).toBeUndefined();
    const renewed = await preview();
    expect(renewed.state).toBe('awake');
    expect(renewed.expiresAt).toBeGreaterThan(before + 23 * HOUR);
    expect(await pass([2 * HOUR, 2 * HOUR])).toMatch(/^it is put to sleep/);
  });

  test('is put to sleep to the end after a run that was killed halfway, but not under a visit that wakes it', async () => {
    const late = [2 * HOUR, 2 * HOUR];
    const start = () => app.kubernetes.patch({ ...DEPLOYMENT, name: `${WEB}-blue` }, { spec: { replicas: 1 } }, { type: 'merge' });
    await noted({ sleepAfter: 'never' });
    expect(await pass(late, { sleepAfterMs: HOUR })).toBeUndefined();
    await noted({ sleepAfter: '3600' });
    expect(await pass(late)).toMatch(/^it is put to sleep/);
    await start();
    await noted({ sleepAfter: 'never' });
    expect(await pass(late)).toBe('it is put to sleep: a run was killed before it was');
    expect([await sleeps(), await app.replicas('blue')]).toEqual([true, 0]);

    // A visit that has not come further than to note itself.
    const { kubernetes } = app;
    const stopped = { get: kubernetes.get.bind(kubernetes), patch: kubernetes.patch.bind(kubernetes) } as unknown as KubernetesClient;
    const tools = { kubernetes: stopped, clock: systemClock, log, signal: AbortSignal.abort() };
    await expect(wake({ services: [WEB], deployments: [`${WEB}-blue`] }, tools)).rejects.toThrow();
    expect(await app.replicas('blue')).toBe(1);
    const soon = HOUR / 6;
    expect(await pass([soon, soon])).toBe('it is asleep, or about to wake');
    expect(await app.replicas('blue')).toBe(1);
  });

  test('stays awake where it is never to sleep, whatever the janitor’s own time is; that one counts where it does not say', async () => {
    const late = [99 * HOUR, 99 * HOUR];
    await noted({ sleepAfter: 'never' });
    expect(await pass(late, { sleepAfterMs: HOUR })).toBeUndefined();
    await noted({ sleepAfter: '' });
    expect(await pass(late)).toBeUndefined();
    expect(await sleeps()).toBe(false);
    expect(await pass(late, { sleepAfterMs: HOUR })).toMatch(/^it is put to sleep/);
  });

  test('is left alone while a run is at work on it, and where a visit is said to be in the future', async () => {
    const annotations = { 'todo-deploy.dev/woken-at': momentText(Date.now() + 99 * HOUR) };
    await app.kubernetes.patch({ ...SERVICE, name: WEB }, { metadata: { annotations } }, { type: 'merge' });
    const before = (await preview()).expiresAt;
    expect(await pass([0, 0])).toBeUndefined();
    expect((await preview()).expiresAt).toBe(before);
    const lease = await app.kubernetes.get({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', name: `todo-deploy-${RELEASE}` });
    const spec = { holderIdentity: 'another run', renewTime: new Date().toISOString().replace('Z', '000Z'), leaseDurationSeconds: 600 };
    await app.kubernetes.patch(
      { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', name: lease?.metadata.name ?? '' },
      { spec },
      { type: 'merge' },
    );
    expect(await pass([2 * HOUR, 2 * HOUR])).toBe('it stays awake: a run is at work on it');
    expect(await sleeps()).toBe(false);
  });
});

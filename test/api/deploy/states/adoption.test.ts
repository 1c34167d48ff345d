import { afterEach, describe, expect, test } from '@jest/globals';
import { SERVICE } from '../../../../src/deploy/kube/names.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import { COLOR_LABEL } from '../../../../src/split/model.ts';
import { App, RELEASE } from '../../support/app.ts';
import { DEPLOYMENT } from '../../support/controllers.ts';
import { HELM3, HELM4, HELM4_CLIENT_SIDE, revisions, served, upgrade, type Way } from '../../support/plain.ts';
import { expectWayOut } from '../../support/way-out.ts';

const OWN = { 'app.kubernetes.io/name': 'small', 'app.kubernetes.io/instance': RELEASE, 'app.kubernetes.io/component': 'web' };

let app: App;
afterEach(() => app.remove());

/** An app that plain Helm runs. */
async function plain(name: string, way: Way, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
  app = await App.create(name);
  await upgrade(app, way, 'v1-good', more);
}

const workload = (name: string) => app.kubernetes.get({ ...DEPLOYMENT, name });

/** Who wrote fields of it; its status is written by the controllers that are played here. */
const ownersOf = (object: KubernetesObject | undefined) =>
  object?.metadata.managedFields?.flatMap(({ manager, subresource }) => (subresource ? [] : [manager]));

/** Nothing of ours is left, and plain Helm goes on as if nothing had been. */
async function expectPlain(way: Way, version: string, before: readonly string[]): Promise<void> {
  expect(await app.selector()).toEqual(OWN);
  await served(app, version);
  const service = await app.kubernetes.get({ ...SERVICE, name: `${RELEASE}-web` });
  expect(ownersOf(service)).not.toContain('todo-deploy');
  const deployment = await workload(`${RELEASE}-web`);
  expect(deployment?.metadata.annotations?.['helm.sh/resource-policy']).toBeUndefined();
  expect(ownersOf(deployment)).not.toContain('todo-deploy');
  expect(await app.kubernetes.list(DEPLOYMENT)).toMatchObject({ items: [{ metadata: { name: `${RELEASE}-web` } }] });
  expect(await revisions(app, way.helm)).toEqual(before);
  expect((await app.journal()).inFlight).toBeUndefined();
}

describe.each([
  ['Helm 3', HELM3],
  ['Helm 4, client-side apply', HELM4_CLIENT_SIDE],
  ['Helm 4', HELM4],
])('an app that %s runs', (_, way) => {
  test('is blue-green with its first deploy, and its plain workloads are gone', async () => {
    await plain('adopt', way);
    const { outcome, log } = await app.deploy('v2-good');
    if (outcome === 'killed' || outcome.status !== 'deployed') throw new Error(log.join('\n'));
    expect(outcome).toMatchObject({ status: 'deployed', activeColor: 'blue', version: 'v2-good', previousVersion: 'Helm revision 1' });
    expect(await app.selector()).toEqual({ ...OWN, [COLOR_LABEL]: 'blue' });
    expect(await workload(`${RELEASE}-web`)).toBeUndefined();
    expect(await app.journal()).toMatchObject({ active: 'blue', plain: { revision: 1 } });
    expect(await revisions(app)).toEqual(['1 superseded', '2 deployed']);
    await expectWayOut(app, 'v3-good');
  });

  test('is plain again where the version fails its checks, and helm upgrade and rollback work', async () => {
    await plain('adopt', way);
    const { outcome, log } = await app.deploy('v2-late');
    if (outcome === 'killed' || outcome.status !== 'rolled-back') throw new Error(log.join('\n'));
    expect(outcome).toMatchObject({ status: 'rolled-back', failureReason: 'smoke-failed', version: 'Helm revision 1' });
    await expectPlain(way, 'v1-good', ['1 deployed']);
    await upgrade(app, way, 'v1b-good');
    expect(await revisions(app, way.helm)).toEqual(['1 superseded', '2 deployed']);
    await expectWayOut(app, 'v3-good');
  });
});

describe.each([
  ['Helm 3', HELM3],
  ['Helm 4, client-side apply', HELM4_CLIENT_SIDE],
  ['Helm 4', HELM4],
])('an app that was taken over from %s', (_, way) => {
  test('is given back: the plain version serves, and nothing of ours is left', async () => {
    await plain('leave', way);
    await app.deploy('v2-good');
    await app.deploy('v3-good');
    const { outcome, log } = await app.toPlain();
    if (outcome === 'killed' || outcome.status !== 'deployed') throw new Error(log.join('\n'));
    expect(outcome).toMatchObject({ version: 'Helm revision 1', previousVersion: 'v3-good', previousColor: 'green' });
    await expectPlain(way, 'v1-good', ['1 deployed']);
    expect(await app.journal()).toEqual({ schema: 1, release: RELEASE, history: [] });
    await upgrade(app, way, 'v4-good');
    expect(await revisions(app, way.helm)).toEqual(['1 superseded', '2 deployed']);
    await expectWayOut(app, 'v5-good');
  });
});

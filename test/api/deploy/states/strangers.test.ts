import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { NAMESPACE, SECRET, SERVICE } from '../../../../src/deploy/kube/names.ts';
import type { KindRef, KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import type { Reason } from '../../../../src/interfaces/reasons.ts';
import { environment, ROOT, runner } from '../../support/api.ts';
import { App, type Ended, RELEASE } from '../../support/app.ts';
import { DEPLOYMENT } from '../../support/controllers.ts';
import { expectWayOut } from '../../support/way-out.ts';

const CONFIG_MAP: KindRef = { apiVersion: 'v1', kind: 'ConfigMap' };
const INGRESS: KindRef = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' };

let app: App;
beforeEach(async () => {
  app = await App.create('strangers');
});
afterEach(() => app.remove());

const deploy = (version: string, release = RELEASE): Promise<Ended> =>
  app.deploy(version, undefined, { release, values: app.values(version, { lives: true }), ...(release !== RELEASE && { smoke: [] }) });
const helm = (...args: string[]) =>
  runner.run({ command: ['helm', ...args, `--namespace=${app.namespace}`], env: environment, timeoutMs: 60_000 });
const installs = (release: string) => helm('install', release, join(ROOT, 'test/charts/small'), '--set=service.enabled=false');
/** `owner` is a Helm release; '' for an object that kubectl made. */
const made = ({ apiVersion, kind }: KindRef, name: string, owner: string, more: object = {}): Promise<KubernetesObject> => {
  const marks = owner
    ? {
        labels: { 'app.kubernetes.io/managed-by': 'Helm' },
        annotations: { 'meta.helm.sh/release-name': owner, 'meta.helm.sh/release-namespace': app.namespace },
      }
    : {};
  return app.kubernetes.create({ apiVersion, kind, metadata: { name, ...marks }, ...more });
};
const pods = (name: string) => ({
  spec: {
    selector: { matchLabels: { name } },
    template: { metadata: { labels: { name } }, spec: { containers: [{ name: 'app', image: 'registry.example/other:good' }] } },
  },
});

/** Refused by the name of each stranger, and nothing is written. */
const expectRefused = (run: Promise<Ended>, ...names: RegExp[]): Promise<void> => expectRefusedAs('owned-by-others', run, ...names);

async function expectRefusedAs(failureReason: Reason, run: Promise<Ended>, ...names: RegExp[]): Promise<void> {
  const { outcome, written } = await run;
  expect(outcome).toMatchObject({ status: 'failed', failureReason });
  const { message } = (outcome as { error: Error }).error;
  for (const name of names) expect(message).toMatch(name);
  expect(written).toEqual([]);
}

async function expectUntouched(seen: KubernetesObject): Promise<void> {
  const now = await app.kubernetes.get({ apiVersion: seen.apiVersion, kind: seen.kind, name: seen.metadata.name });
  expect(now?.metadata.generation).toBe(seen.metadata.generation);
  expect(now?.metadata.managedFields?.filter(({ subresource }) => subresource === undefined)).toHaveLength(1);
}

describe('a name that the app needs is taken', () => {
  test('by a Helm release of a stranger: small-blue', async () => {
    await installs(`${RELEASE}-blue`);
    await expectRefused(deploy('v1-good'), /Helm release "small-blue" is not of this app/);
    await helm('uninstall', `${RELEASE}-blue`);
    await expectWayOut(app, 'v1-good');
  });

  test('by a Helm release of a stranger, for the other color, that a killed run of his left pending', async () => {
    expect((await deploy('v1-good')).outcome).toMatchObject({ status: 'deployed', activeColor: 'blue' });
    await installs(`${RELEASE}-green`);
    const record = { ...SECRET, name: `sh.helm.release.v1.${RELEASE}-green.v1` };
    const pending = await app.kubernetes.patch(record, { metadata: { labels: { status: 'pending-upgrade' } } }, { type: 'merge' });
    await expectRefused(deploy('v2-good'), /Helm release "small-green" is not of this app/);
    await expectRefused(app.rollback('previous'), /Helm release "small-green" is not of this app/);
    expect((await app.kubernetes.get(record))?.metadata.resourceVersion).toBe(pending.metadata.resourceVersion);
    await helm('uninstall', `${RELEASE}-green`);
    await expectWayOut(app, 'v2-good');
  });

  test('by a Service of a stranger: small-web-blue', async () => {
    const stranger = await made(SERVICE, `${RELEASE}-web-blue`, '', { spec: { selector: { app: 'other' }, ports: [{ port: 80 }] } });
    await expectRefused(deploy('v1-good'), /Service\/small-web-blue/);
    await expectUntouched(stranger);
    await app.kubernetes.delete({ ...SERVICE, name: `${RELEASE}-web-blue` });
    await expectWayOut(app, 'v1-good');
  });

  test('by workloads of strangers, in the color that comes next', async () => {
    expect((await deploy('v1-good')).outcome).toMatchObject({ status: 'deployed', activeColor: 'blue' });
    const name = `${RELEASE}-web-green`;
    const stranger = await made(DEPLOYMENT, name, '', pods(name));
    const other = await made(CONFIG_MAP, `${RELEASE}-settings-green`, 'other', { data: { greeting: 'mine' } });
    await expectRefused(
      deploy('v2-good'),
      /Deployment\/small-web-green/,
      /ConfigMap\/small-settings-green belongs to the Helm release "other"/,
    );
    await expectUntouched(other);
    expect((await app.kubernetes.get({ ...DEPLOYMENT, name }))?.metadata.generation).toBe(stranger.metadata.generation);
    await app.kubernetes.delete({ ...DEPLOYMENT, name });
    await app.kubernetes.delete({ ...CONFIG_MAP, name: `${RELEASE}-settings-green` });
    await expectWayOut(app, 'v2-good');
  });

  test('by another Helm release, for what both colors share: all of it is named at once', async () => {
    const settings = await made(CONFIG_MAP, `${RELEASE}-settings`, 'other', { data: {} });
    const backend = { service: { name: 'other', port: { number: 80 } } };
    const door = await made(INGRESS, `${RELEASE}-web`, '', { spec: { defaultBackend: backend } });
    await expectRefused(deploy('v1-good'), /ConfigMap\/small-settings belongs to the Helm release "other"/, /Ingress\/small-web/);
    await expectUntouched(settings);
    await expectUntouched(door);
    await app.kubernetes.delete({ ...CONFIG_MAP, name: `${RELEASE}-settings` });
    await app.kubernetes.delete({ ...INGRESS, name: `${RELEASE}-web` });
    await expectWayOut(app, 'v1-good');
  });

  test('by another Helm release, for what a later version adds', async () => {
    await expectWayOut(app, 'v1-good');
    await made(CONFIG_MAP, `${RELEASE}-settings`, 'other', { data: {} });
    await expectRefused(deploy('v2-good'), /ConfigMap\/small-settings belongs to the Helm release "other"/);
    await expectWayOut(app, 'v2-good');
  });

  test("the release's name is a color of another app, used or not yet", async () => {
    expect((await deploy('v1-good')).outcome).toMatchObject({ status: 'deployed', activeColor: 'blue' });
    await expectRefused(deploy('v1-good', `${RELEASE}-blue`), /"small-blue" is the color blue of the app "small"/);
    await expectRefused(deploy('v1-good', `${RELEASE}-green`), /"small-green" is the color green of the app "small"/);
    await expectWayOut(app, 'v2-good');
  });

  test('a color of the app would have the name of another app', async () => {
    expect((await deploy('v1-good', `${RELEASE}-blue`)).outcome).toMatchObject({ status: 'deployed' });
    await expectRefused(deploy('v1-good'), /Helm release "small-blue" is not of this app/);
  });
});

describe('the namespace is being deleted', () => {
  const remove = () => app.kubernetes.delete({ ...NAMESPACE, name: app.namespace });

  test('a deploy says so before it tries, a rollback too', async () => {
    expect((await deploy('v1-good')).outcome).toMatchObject({ status: 'deployed' });
    expect((await deploy('v2-good')).outcome).toMatchObject({ status: 'deployed' });
    await remove();
    await expectRefusedAs('namespace-terminating', deploy('v3-good'), /namespace "strangers-[^"]*" is being deleted/);
    await expectRefusedAs('namespace-terminating', app.rollback('previous'), /namespace "strangers-[^"]*" is being deleted/);
  });
});

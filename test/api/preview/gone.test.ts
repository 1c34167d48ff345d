import { randomInt } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { NAMESPACE, PERSISTENT_VOLUME_CLAIM, SERVICE } from '../../../src/deploy/kube/names.ts';
import type { KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import { type Receipt, type TakeDown, takeDown } from '../../../src/preview/gone/index.ts';
import {
  momentText,
  NOTES,
  namespaceName,
  type Preview,
  previewIn,
  previewLabels,
  previewNotes,
} from '../../../src/preview/model/index.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { HelmCli } from '../../../src/tools/helm/cli.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { logBy } from '../../support/log.ts';
import { access, runner, workplace } from '../support/api.ts';
import { App, RELEASE } from '../support/app.ts';
import { withNamespaceController } from '../support/namespace-controller.ts';

withNamespaceController();
const { files } = workplace('gone');
const VOLUME = { apiVersion: 'v1', kind: 'PersistentVolume' };
const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };
const WHY = 'the pull request is closed';

const log: string[] = [];
const say = (text: string): void => void log.push(text);
const LOG = logBy(say);

let app: App;
let namespace: string;
let kubernetes: KubernetesClient;
const held: KubernetesObject[] = [];

beforeEach(async () => {
  log.length = 0;
  const key = { repositoryId: 4242, number: randomInt(1, 2 ** 31) };
  namespace = namespaceName(key, RELEASE);
  kubernetes = new KubernetesClient(access, { namespace });
  const annotations = previewNotes({ release: RELEASE, expiresAt: momentText(Date.now()), expiresAfter: '3600' });
  app = await App.createIn({ name: namespace, labels: previewLabels(key), annotations });
});
afterEach(async () => {
  for (const object of held.splice(0)) {
    const ref = { apiVersion: object.apiVersion, kind: object.kind, name: object.metadata.name };
    await kubernetes.patch(ref, { metadata: { finalizers: null } }, { type: 'merge' }).catch(() => undefined);
  }
  await Promise.all([app.remove(), kubernetes.close()]);
});

const live = () => kubernetes.get({ ...NAMESPACE, name: namespace });
async function preview(): Promise<Preview> {
  const namespaceNow = await live();
  const seen = namespaceNow && previewIn(namespaceNow);
  if (!seen) throw new Error(`${namespace} is no preview`);
  return seen;
}
const goes = async (more: Partial<TakeDown> = {}, signal = new AbortController().signal): Promise<Receipt> =>
  takeDown(
    { preview: more.preview ?? (await preview()), why: WHY, limitMs: 45_000, ...more },
    {
      kubernetes,
      helm: new HelmCli({ runner, helmPath: 'helm', kubernetes, relay: kubernetes.relay, files, namespace }),
      clock: systemClock,
      log: LOG,
      signal,
      who: { repository: 'acme/small', runUrl: '', actor: 'ada', holder: `${randomInt(2 ** 31)}` },
    },
  );
const configMap = (name: string, finalizers?: string[]): KubernetesObject =>
  ({ ...CONFIG_MAP, metadata: { name, namespace, ...(finalizers && { finalizers }) } }) as KubernetesObject;

describe('a preview is taken down, and that is proved', () => {
  test('with the app in it, and what of the app is elsewhere', async () => {
    expect((await app.deploy('v1-good')).outcome).toMatchObject({ status: 'deployed' });
    const receipt = await goes();
    expect(receipt).toMatchObject({ status: 'gone', left: [], unproved: [] });
    expect(log.join('\n')).toMatch(/Helm release small-blue is uninstalled[\s\S]*Helm release small is uninstalled/);
    expect(await live()).toBeUndefined();
  });

  test('with an app that others have laid hands on: it goes with its namespace, and what cannot be known is said', async () => {
    expect((await app.deploy('v1-good')).outcome).toMatchObject({ status: 'deployed' });
    const theirs = { metadata: { annotations: { 'meta.helm.sh/release-name': 'theirs' } } };
    await kubernetes.patch({ ...SERVICE, name: `${RELEASE}-web` }, theirs, { type: 'merge' });
    await app.stopControllers();
    const receipt = await goes();
    expect(receipt).toMatchObject({
      status: 'gone',
      unproved: [expect.stringMatching(/^objects of the chart outside of the namespace: /)],
    });
  });

  test('with what is in it; one that is gone is not there', async () => {
    await kubernetes.create(configMap('settings'));
    await kubernetes.create({
      ...PERSISTENT_VOLUME_CLAIM,
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    } as KubernetesObject);
    const before = await preview();
    const receipt = await goes();
    expect(receipt).toMatchObject({ status: 'gone', why: WHY, left: [], unproved: [] });
    expect(receipt.gone[0]).toBe(`Namespace/${namespace}, and all in it`);
    expect(await live()).toBeUndefined();
    expect(await goes({ preview: before })).toMatchObject({ status: 'absent', gone: [] });
  });

  test('what holds it is named, and its finalizer stays; the next one finishes it', async () => {
    const object = await kubernetes.create(configMap('precious', ['example.com/keep']));
    held.push(object);
    const receipt = await goes({ limitMs: 20_000 });
    expect(receipt).toMatchObject({ status: 'stuck', left: ['ConfigMap/precious: held by the finalizer example.com/keep'] });
    expect(await kubernetes.get({ ...CONFIG_MAP, name: 'precious' })).toMatchObject({ metadata: { finalizers: ['example.com/keep'] } });
    await kubernetes.patch({ ...CONFIG_MAP, name: 'precious' }, { metadata: { finalizers: null } }, { type: 'merge' });
    expect(await goes()).toMatchObject({ status: 'gone' });
  });

  test('a volume that its class retains is no success', async () => {
    const volume = await kubernetes.create({
      ...VOLUME,
      metadata: { name: `${namespace}-v` },
      spec: {
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '1Gi' },
        persistentVolumeReclaimPolicy: 'Retain',
        hostPath: { path: '/none' },
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name: 'data' },
      },
    } as KubernetesObject);
    const receipt = await goes();
    expect(receipt.status).toBe('stuck');
    expect(receipt.left).toEqual([expect.stringMatching(/^PersistentVolume\/.*-v, of claim data: its storage class retains volumes/)]);
    await kubernetes.delete({ ...VOLUME, name: volume.metadata.name });
  });

  test('why it goes is written before anything is touched', async () => {
    await kubernetes.create(configMap('precious', ['example.com/keep']));
    held.push(configMap('precious'));
    await goes({ limitMs: 3_000 });
    expect((await live())?.metadata.annotations?.[NOTES.ending]).toBe(WHY);
    expect((await preview()).ending).toBe(true);
  });
});

describe('a preview is not taken down', () => {
  test('if it is not due any more when it is looked at again', async () => {
    expect(await goes({ isDue: () => false })).toMatchObject({ status: 'kept' });
    expect((await live())?.metadata.annotations?.[NOTES.ending]).toBeUndefined();
  });

  test('if it is renewed between the look and the write', async () => {
    let asked = 0;
    const renew = { metadata: { annotations: { [NOTES.expiresAt]: momentText(Date.now() + 3_600_000) } } };
    const cut = new Proxy(kubernetes, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          // Somebody else is between the two.
          if (name === 'patch' && asked === 1) await target.patch({ ...NAMESPACE, name: namespace }, renew, { type: 'merge' });
          return (value as (...given: unknown[]) => unknown).apply(target, args);
        };
      },
    });
    const mine = kubernetes;
    kubernetes = cut;
    const receipt = await goes({
      isDue: ({ expiresAt = 0 }) => {
        asked += 1;
        return expiresAt < Date.now() + 1_000_000;
      },
    });
    kubernetes = mine;
    expect(receipt.status).toBe('kept');
    expect(asked).toBe(2);
    expect((await live())?.metadata.deletionTimestamp).toBeUndefined();
  });

  test('if another one has its name: that one stays', async () => {
    const before = await preview();
    expect(await goes({ preview: { ...before, uid: '00000000-0000-0000-0000-000000000000' } })).toMatchObject({ status: 'absent' });
    expect((await live())?.metadata.deletionTimestamp).toBeUndefined();
  });

  test('if its marks were taken away', async () => {
    const before = await preview();
    await kubernetes.patch(
      { ...NAMESPACE, name: namespace },
      { metadata: { labels: { 'todo-deploy.dev/preview': null } } },
      { type: 'merge' },
    );
    expect(await goes({ preview: before })).toMatchObject({ status: 'absent' });
    expect((await live())?.metadata.deletionTimestamp).toBeUndefined();
  });
});

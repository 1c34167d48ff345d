import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { DeployOutcome } from '../../../../src/deploy/index.ts';
import type { KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import { BaseApp } from '../../support/base-app.ts';
import { versionOf } from '../../support/pods.ts';
import { expectWayOut } from '../../support/way-out.ts';

// Each row deploys several times.
jest.setTimeout(180_000);

const INGRESS = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name: 'small' };
const POLICY = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', name: 'small' };
const ROLE = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', name: 'small' };
const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap', name: 'small-read-by-name' };

const of = ({ name, ...kind }: typeof INGRESS, more: object): KubernetesObject => ({ ...kind, metadata: { name }, ...more });
const ingress = (path: string) =>
  of(INGRESS, {
    spec: {
      rules: [
        {
          host: 'small.test',
          http: { paths: [{ path, pathType: 'Prefix', backend: { service: { name: 'small-web', port: { number: 80 } } } }] },
        },
      ],
    },
  });
const policy = (...from: string[]) =>
  of(POLICY, {
    spec: {
      podSelector: {},
      policyTypes: ['Ingress'],
      ingress: [{ from: from.map((name) => ({ podSelector: { matchLabels: { name } } })) }],
    },
  });
const role = (...verbs: string[]) => of(ROLE, { rules: [{ apiGroups: [''], resources: ['configmaps'], verbs }] });
const config = (text: string) => of(CONFIG_MAP, { data: { text } });

let it: BaseApp;
beforeEach(async () => {
  it = await BaseApp.create('waves');
});
afterEach(() => it.remove());

const live = (ref: typeof INGRESS): Promise<KubernetesObject | undefined> => it.app.kubernetes.get(ref);
const serving = async () => (await it.app.serving()).map(versionOf);

/** What an object was, one value after the other, and which version served then. */
function follow<T>(ref: typeof INGRESS, told: (object: KubernetesObject) => T): { seen: [string, string][]; stop: () => Promise<void> } {
  const seen: [string, string][] = [];
  const stop = new AbortController();
  const kind = { apiVersion: ref.apiVersion, kind: ref.kind };
  const work = (async () => {
    for await (const { type, object } of it.app.kubernetes.watch(kind, { signal: stop.signal })) {
      if (object.metadata.name !== ref.name) continue;
      const value = type === 'DELETED' ? 'gone' : String(told(object));
      if (seen.at(-1)?.[0] !== value) seen.push([value, (await serving()).join()]);
    }
  })();
  const end = async () => {
    stop.abort();
    await work;
  };
  return { seen, stop: end };
}

const pathOf = ({ spec }: KubernetesObject) =>
  (spec as { rules: { http: { paths: { path: string }[] } }[] }).rules.map((rule) => rule.http.paths.map(({ path }) => path).join());
const peersOf = ({ spec }: KubernetesObject) =>
  (spec as { ingress: { from: { podSelector: { matchLabels: { name: string } } }[] }[] }).ingress
    .flatMap((rule) => rule.from.map(({ podSelector }) => podSelector.matchLabels.name))
    .sort();
const verbsOf = ({ rules }: KubernetesObject) => [...new Set((rules as { verbs: string[] }[]).flatMap(({ verbs }) => verbs))].sort();
const textOf = ({ data }: KubernetesObject) => (data as { text: string }).text;

describe('what changes with the switch', () => {
  test('an Ingress is as it was until users are on the new version', async () => {
    await it.deploy('v1-good', [ingress('/old'), config('old')]);
    const paths = follow(INGRESS, pathOf);
    const { outcome } = await it.deploy('v2-good', [ingress('/new'), config('new')]);
    await paths.stop();
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
    expect(paths.seen).toEqual([
      ['/old', 'v1-good'],
      ['/new', 'v2-good'],
    ]);
    expect(textOf((await live(CONFIG_MAP)) as KubernetesObject)).toBe('new');
    expect((await it.app.journal()).history[0]?.baseHash).not.toBe('');
    await expectWayOut(it.app, 'v3-good');
  });

  test('a version that fails before the switch has not touched the Ingress', async () => {
    await it.deploy('v1-good', [ingress('/old'), config('old')]);
    const paths = follow(INGRESS, pathOf);
    const { outcome } = await it.deploy('v2-sick', [ingress('/new'), config('new')]);
    await paths.stop();
    expect(outcome).toMatchObject({ status: 'rolled-back', failureReason: 'smoke-failed' });
    expect(paths.seen).toEqual([['/old', 'v1-good']]);
    await expectWayOut(it.app, 'v3-good');
  });

  test('a version that fails its bake: the Ingress goes back with the users', async () => {
    await it.deploy('v1-good', [ingress('/old'), config('old')]);
    const paths = follow(INGRESS, pathOf);
    const { outcome, log } = await it.deploy('v2-late', [ingress('/new'), config('new')]);
    await paths.stop();
    expect(outcome).toMatchObject({ status: 'rolled-back', failureReason: 'smoke-failed' });
    expect(paths.seen).toEqual([
      ['/old', 'v1-good'],
      ['/new', 'v2-late'],
      ['/old', 'v1-good'],
    ]);
    expect(log.findIndex((line) => line.startsWith('# Stop '))).toBeGreaterThan(0);
    expect(textOf((await live(CONFIG_MAP)) as KubernetesObject)).toBe('old');
    await expectWayOut(it.app, 'v3-good');
  });
});

describe('what waits until the old version is gone', () => {
  test('a NetworkPolicy is tightened: until then it allows what either version needs', async () => {
    await it.deploy('v1-good', [policy('old', 'both')]);
    const peers = follow(POLICY, peersOf);
    const { outcome } = await it.deploy('v2-good', [policy('both', 'new')]);
    await peers.stop();
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
    expect(peers.seen).toEqual([
      ['both,old', 'v1-good'],
      ['both,both,new,old', 'v1-good'],
      ['both,new', 'v2-good'],
    ]);
    expect(await it.app.replicas('blue')).toBe(0);
    await expectWayOut(it.app, 'v3-good');
  });

  test('a role loses a verb and gains one: both versions may do what they need', async () => {
    await it.deploy('v1-good', [role('get', 'delete')]);
    const verbs = follow(ROLE, verbsOf);
    const { outcome } = await it.deploy('v2-good', [role('get', 'list')]);
    await verbs.stop();
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
    expect(verbs.seen).toEqual([
      ['delete,get', 'v1-good'],
      ['delete,get,list', 'v1-good'],
      ['get,list', 'v2-good'],
    ]);
    await expectWayOut(it.app, 'v3-good');
  });

  test('a version that fails takes back what it was allowed', async () => {
    await it.deploy('v1-good', [role('get', 'delete'), policy('old')]);
    const { outcome } = await it.deploy('v2-late', [role('get', 'list'), policy('new')]);
    expect(outcome).toMatchObject({ status: 'rolled-back', failureReason: 'smoke-failed' });
    expect(verbsOf((await live(ROLE)) as KubernetesObject)).toEqual(['delete', 'get']);
    expect(peersOf((await live(POLICY)) as KubernetesObject)).toEqual(['old']);
    await expectWayOut(it.app, 'v3-good');
  });

  test('what is removed is needed after all: the checks tell, it comes back, and the next deploy tries again', async () => {
    const extra: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'small-extra' },
      spec: { selector: { 'app.kubernetes.io/component': 'web' }, ports: [{ port: 80, targetPort: 'http' }] },
    };
    await it.deploy('v1-good', [extra]);
    const check = { name: 'extra', path: '/', method: 'GET', json: {}, headers: {}, requestHeaders: {}, service: { name: 'small-extra' } };
    const { outcome } = await it.app.deploy('v2-good', undefined, { values: it.app.values('v2-good'), smoke: [check] });
    expect(outcome).toMatchObject({ status: 'deployed', version: 'v2-good' });
    expect((outcome as DeployOutcome).report.notes.join()).toContain('removal of Service/small-extra');
    expect(await live({ apiVersion: 'v1', kind: 'Service', name: 'small-extra' })).toBeDefined();
    expect((await it.app.journal()).history[0]).toMatchObject({ version: 'v2-good', baseHash: '' });
    expect((await it.deploy('v3-good', [])).outcome).toMatchObject({ status: 'deployed', version: 'v3-good' });
    expect(await live({ apiVersion: 'v1', kind: 'Service', name: 'small-extra' })).toBeUndefined();
    // v2-good itself asks for a Service that is gone: a rollback to it could not pass.
    await expectWayOut(it.app, 'v4-good');
  });

  test('the new version is killed in its drain: the next run, without that chart, brings the base to its end', async () => {
    await it.deploy('v1-good', [role('get', 'delete'), config('old')]);
    const probe = await it.deploy('v2-good', [role('get', 'list')]);
    const served = probe.written.findLastIndex((write) => write.startsWith('patch Deployment') || write.startsWith('scale'));
    await it.deploy('v3-good', [role('watch')], { kind: 'kill', write: served });
    expect((await it.app.journal()).inFlight?.phase).toBe('finish');
    await it.app.letLeaseExpire();
    const { outcome } = await it.app.rollback('v3-good');
    expect(outcome).toMatchObject({ status: 'unchanged', version: 'v3-good' });
    expect(verbsOf((await live(ROLE)) as KubernetesObject)).toEqual(['watch']);
    expect(await live(CONFIG_MAP)).toBeUndefined();
    expect((await it.app.journal()).history[0]?.baseHash).not.toBe('');
    await expectWayOut(it.app, 'v4-good');
  });
});

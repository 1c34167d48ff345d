import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { JOB, PERSISTENT_VOLUME_CLAIM, POD, SECRET, SERVICE } from '../../../../src/deploy/kube/names.ts';
import type { KindRef, KubernetesObject } from '../../../../src/interfaces/kubernetes.ts';
import { marksWith, NOTES, RELEASE_LABEL } from '../../../../src/preview/model/index.ts';
import { workplace } from '../../support/api.ts';
import { withNamespaceController } from '../../support/namespace-controller.ts';
import { SharedStage, V1 } from './stage.ts';

// Two deploys or three, each.
jest.setTimeout(300_000);

withNamespaceController();
const { files } = workplace('shared-previews');
const ref = (apiVersion: string, kind: string): KindRef => ({ apiVersion, kind });
const POLICY = ref('networking.k8s.io/v1', 'NetworkPolicy');
const KINDS: readonly KindRef[] = [
  SERVICE,
  SECRET,
  POD,
  JOB,
  PERSISTENT_VOLUME_CLAIM,
  POLICY,
  ref('v1', 'ConfigMap'),
  ref('v1', 'ServiceAccount'),
  ref('apps/v1', 'Deployment'),
  ref('coordination.k8s.io/v1', 'Lease'),
  ref('rbac.authorization.k8s.io/v1', 'Role'),
  ref('rbac.authorization.k8s.io/v1', 'RoleBinding'),
];

let stage: SharedStage;
beforeEach(async () => {
  stage = await SharedStage.open(files);
});
afterEach(() => stage.close());

/** All of the namespace that a name or a label says to be of this pull request, a line each. */
async function has(number: number): Promise<string[]> {
  const { release } = stage.home(number);
  const lists = await Promise.all(KINDS.map((kind) => stage.app.kubernetes.list<KubernetesObject>(kind)));
  const isOf = ({ metadata: { name, labels } }: KubernetesObject) => name.includes(release) || labels?.[RELEASE_LABEL] === release;
  return lists
    .flatMap(({ items }) => items.filter(isOf))
    .map(({ kind, metadata }) => `${kind}/${metadata.name} ${metadata.uid}`)
    .sort();
}

describe('previews that share a namespace', () => {
  test('come up beside one another, each closed for itself; one goes, and nothing of its neighbour', async () => {
    const values = stage.app.values(V1, { api: { app: 'api' } });
    for (const number of [1, 12]) {
      expect(await stage.up(number, { values })).toMatchObject({ state: 'up', deploy: { status: 'deployed', version: V1 } });
    }
    const { release } = stage.home(1);
    expect(release).toMatch(/^pr-1-small-[0-9a-f]{6}$/);
    const own = { [RELEASE_LABEL]: release };
    expect(await stage.selector(1)).toMatchObject(own);
    // A selector that names no release: its pods are its own all the same.
    const api = await stage.kubernetes.get({ ...SERVICE, name: `${release}-api` });
    expect(api?.spec?.selector).toMatchObject({ app: 'api', ...own });
    const { items: pods } = await stage.kubernetes.list(POD, { labelSelector: `${RELEASE_LABEL}=${release}` });
    expect(pods.map(({ metadata }) => metadata.name.startsWith(`${release}-`))).toEqual(pods.map(() => true));
    const { items: policies } = await stage.kubernetes.list(POLICY, { labelSelector: `${RELEASE_LABEL}=${release}` });
    expect(policies).toHaveLength(3);
    for (const { spec } of policies) expect(spec).toMatchObject({ podSelector: { matchLabels: own } });
    for (const kind of ['ResourceQuota', 'LimitRange']) expect((await stage.app.kubernetes.list(ref('v1', kind))).items).toEqual([]);

    const neighbour = await has(12);
    expect(await stage.down(1)).toMatchObject({ status: 'gone', namespace: stage.app.namespace, title: release, left: [] });
    expect(await has(1)).toEqual([]);
    expect(await has(12)).toEqual(neighbour);
    expect(await stage.preview(12)).toMatchObject({ head: V1, state: 'awake', ending: false });
    expect(await stage.up(12, { values })).toMatchObject({ state: 'up' });
  });

  test('a removal that was killed is finished by the next run, which brings it up anew', async () => {
    await stage.up(7);
    const before = await stage.preview(7);
    await stage.kubernetes.patch(stage.home(7).marks, { metadata: { annotations: { [NOTES.ending]: 'x' } } }, { type: 'merge' });
    expect(await stage.up(7)).toMatchObject({ state: 'up' });
    const after = await stage.preview(7);
    expect(after?.ending).toBe(false);
    expect(after?.uid).not.toBe(before?.uid);
  });

  test('what holds something of it is named, and its marks stay until it is gone', async () => {
    await stage.up(7);
    const name = `${stage.home(7).release}-data`;
    const labels = { [RELEASE_LABEL]: stage.home(7).release };
    const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    const held = { name, labels, finalizers: ['example.com/keep'] };
    await stage.app.kubernetes.create({ ...PERSISTENT_VOLUME_CLAIM, metadata: held, spec: claim } as KubernetesObject);
    const receipt = await stage.down(7, { limitMs: 15_000 });
    expect(receipt).toMatchObject({ status: 'stuck', left: [`PersistentVolumeClaim/${name}: held by the finalizer example.com/keep`] });
    expect(await stage.preview(7)).toMatchObject({ ending: true });
    await stage.app.kubernetes.patch({ ...PERSISTENT_VOLUME_CLAIM, name }, { metadata: { finalizers: null } }, { type: 'merge' });
    expect(await stage.down(7)).toMatchObject({ status: 'gone' });
  });

  test('names that a chart fixes are one preview’s: the next one is told whose they are, and changes nothing', async () => {
    const fixed = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { a: '1' } };
    const values = stage.app.values(V1, { base: [fixed] });
    expect(await stage.up(1, { values })).toMatchObject({ state: 'up' });
    const before = await has(1);
    const outcome = await stage.up(12, { values });
    expect(outcome).toMatchObject({ state: 'failed', deploy: { failureReason: 'owned-by-others' } });
    expect(outcome.state === 'failed' && outcome.deploy.report.failure?.message).toContain(
      `ConfigMap/settings belongs to the Helm release "${stage.home(1).release}"`,
    );
    expect(outcome.state === 'failed' && outcome.deploy.report.failure?.hint).toContain('.Release.Name');
    expect(await has(1)).toEqual(before);
    expect(await stage.down(12)).toMatchObject({ status: 'gone' });
    expect(await has(1)).toEqual(before);
  });

  test('sleep: the waker may wake its own release, and nothing of its neighbour', async () => {
    await stage.up(12);
    expect(await stage.up(1, { want: 'asleep' })).toMatchObject({ state: 'up', asleep: true });
    expect(await stage.preview(1)).toMatchObject({ state: 'asleep' });
    const { release } = stage.home(1);
    const name = `todo-deploy-waker-${release}`;
    const role = await stage.kubernetes.get({ ...ref('rbac.authorization.k8s.io/v1', 'Role'), name });
    expect(role?.rules).toEqual([
      expect.objectContaining({ resources: ['services'], resourceNames: [`${release}-web`] }),
      expect.objectContaining({ resources: ['deployments'], resourceNames: [`${release}-web-blue`] }),
      expect.objectContaining({ resources: ['deployments/scale'], resourceNames: [`${release}-web-blue`] }),
    ]);
    expect(await stage.selector(12)).toMatchObject({ [RELEASE_LABEL]: stage.home(12).release });
    expect(await stage.up(1)).toMatchObject({ state: 'up', asleep: false });
    expect(await stage.down(1)).toMatchObject({ status: 'gone' });
    expect(await has(1)).toEqual([]);
  });
});

describe('so many at once', () => {
  test('one more waits, and leaves nothing', async () => {
    await stage.up(1);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await stage.up(12, { options: { max: 1 } })).toMatchObject({ state: 'waiting', ahead: 1 });
    expect(await has(12)).toEqual([]);
    expect(await stage.up(1, { options: { max: 1 } })).toMatchObject({ state: 'up' });
  });
});

describe('a namespace', () => {
  test('that does not give what was asked for: that is said', async () => {
    const outcome = await stage.up(1);
    expect(outcome).toMatchObject({
      notes: [
        `Namespace ${stage.app.namespace} enforces no Pod Security, and restricted is asked for`,
        `Namespace ${stage.app.namespace} has no ResourceQuota: what previews use together is not limited`,
      ],
    });
    expect((await stage.kubernetes.list(...marksWith('todo-deploy.dev/preview', stage.app.namespace))).items).toHaveLength(1);
  });
});

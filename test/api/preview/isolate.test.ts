import { randomInt } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { NAMESPACE, POD, SECRET } from '../../../src/deploy/kube/names.ts';
import type { KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import { ALONE } from '../../../src/interfaces/own.ts';
import type { GoneTools } from '../../../src/preview/gone/index.ts';
import {
  copySecrets,
  copyTlsSecret,
  ensureMarked,
  ensurePriority,
  note,
  podSecurityLabels,
  surround,
} from '../../../src/preview/isolate/index.ts';
import { homeOf, isExpired, momentText, NOTES, type Notes, namespaceName, type PreviewKey } from '../../../src/preview/model/index.ts';
import { markerOf, warnOfExpiry } from '../../../src/preview/told/index.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { HelmCli } from '../../../src/tools/helm/cli.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { pullsAt } from '../../support/github/pulls.ts';
import { GitHubStandIn } from '../../support/github/server.ts';
import { QUIET } from '../../support/log.ts';
import { access, runner, workplace } from '../support/api.ts';
import { withNamespaceController } from '../support/namespace-controller.ts';

withNamespaceController();
const { files, namespace: shared } = workplace('previews');
const log = QUIET;
const DAY = 86_400_000;

let key: PreviewKey;
let namespace: string;
let kubernetes: KubernetesClient;
let standIn: GitHubStandIn;
beforeAll(async () => {
  standIn = await GitHubStandIn.start();
});
afterAll(() => standIn.close());
beforeEach(() => {
  standIn.reset();
  key = { repositoryId: randomInt(1, 2 ** 31), number: randomInt(1, 2 ** 31) };
  namespace = namespaceName(key, 'todo');
  kubernetes = new KubernetesClient(access, { namespace });
});
afterEach(async () => {
  await kubernetes.delete({ ...NAMESPACE, name: namespace });
  await kubernetes.close();
  expect(standIn.violations).toEqual([]);
});

const tools = (): GoneTools => ({
  kubernetes,
  helm: new HelmCli({ runner, helmPath: 'helm', kubernetes, relay: kubernetes.relay, files, namespace }),
  clock: systemClock,
  log,
  signal: new AbortController().signal,
  who: { repository: 'acme/todo', runUrl: '', actor: 'ada', holder: `${randomInt(2 ** 31)}` },
});
const ensure = (notes: Notes = { release: 'todo' }) =>
  ensureMarked(
    { home: homeOf(key, 'todo', undefined), key, labels: podSecurityLabels('restricted'), notes: () => notes, limitMs: 30_000 },
    tools(),
  );
const isolation = () => ({
  key,
  namespace,
  own: ALONE,
  quota: { cpu: '1', memory: '1Gi', storage: '1Gi', pods: 1 },
  podSecurity: 'restricted' as const,
  frontDoors: { namespaces: [], addresses: [] },
  egress: [],
});

describe('the namespace of a preview', () => {
  test('is made once, and kept', async () => {
    const first = await ensure();
    const again = await ensure({ release: 'todo', url: 'https://x' });
    expect(again).toMatchObject({ uid: first.uid, key, release: 'todo', url: 'https://x', ending: false });
  });

  test('that is somebody else’s is not taken', async () => {
    await kubernetes.create({ ...NAMESPACE, metadata: { name: namespace, labels: { team: 'theirs' } } });
    await expect(ensure()).rejects.toThrow('is there, and not marked as this pull request');
    expect((await kubernetes.get({ ...NAMESPACE, name: namespace }))?.metadata.labels).not.toHaveProperty('todo-deploy.dev/preview');
  });

  test('that is being taken down goes first: a pull request that is opened again gets a new one', async () => {
    const first = await ensure();
    await kubernetes.patch(
      { ...NAMESPACE, name: namespace },
      { metadata: { annotations: { [NOTES.ending]: 'the pull request is closed' } } },
      { type: 'merge' },
    );
    expect(await note(kubernetes, first, () => ({ url: 'https://x' }))).toBeUndefined();
    const second = await ensure();
    expect(second.uid).not.toBe(first.uid);
    expect(second.ending).toBe(false);
  });
});

describe('what stands around its pods', () => {
  const pod = (name: string, spec: object = {}) =>
    ({
      ...POD,
      metadata: { name, namespace },
      spec: {
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [{ name: 'app', image: 'x', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
        ...spec,
      },
    }) as KubernetesObject;

  test('the API server takes it, again and again, and refuses pods that could get out', async () => {
    await ensure();
    for (const _ of [1, 2]) await surround(tools(), isolation());
    await kubernetes.create(pod('good'));
    expect(await kubernetes.get({ ...POD, name: 'good' })).toMatchObject({
      spec: { containers: [{ resources: { requests: { cpu: '20m' } } }] },
    });
    await expect(kubernetes.create(pod('bad', { hostNetwork: true }))).rejects.toThrow(/violates PodSecurity "restricted/);
  });

  test('no pod of it is reached, or reaches anything, but for what a policy names', async () => {
    await ensure();
    await surround(tools(), isolation());
    const { items } = await kubernetes.list({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' });
    expect(items).toMatchObject([
      { spec: { podSelector: {}, policyTypes: ['Egress'] } },
      { spec: { podSelector: {}, policyTypes: ['Ingress'] } },
      { spec: { podSelector: { matchExpressions: [{ operator: 'DoesNotExist' }] }, policyTypes: ['Ingress'] } },
    ]);
  });

  test('and a Service that would cost a load balancer, or take a port of the nodes', async () => {
    await ensure();
    await surround(tools(), isolation());
    const service = (name: string, type: string) =>
      ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { type, ports: [{ port: 80 }] } }) as KubernetesObject;
    await expect(kubernetes.create(service('lb', 'LoadBalancer'))).rejects.toThrow(/exceeded quota/);
    await expect(kubernetes.create(service('np', 'NodePort'))).rejects.toThrow(/exceeded quota/);
    await kubernetes.create(service('ip', 'ClusterIP'));
  });

  test('a low priority, made once', async () => {
    expect(await ensurePriority(kubernetes)).toBe('todo-deploy-preview');
    expect(await ensurePriority(kubernetes)).toBe('todo-deploy-preview');
    expect(await kubernetes.get({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', name: 'todo-deploy-preview' })).toMatchObject({
      value: -1000,
      preemptionPolicy: 'Never',
    });
  });

  test('Secrets of elsewhere are copied; what is no certificate, and tokens, are refused', async () => {
    await ensure();
    const secret = (name: string, type: string, data: object) =>
      kubernetes.apply({ ...SECRET, metadata: { name, namespace: shared }, type, data } as KubernetesObject, {
        fieldManager: 'test',
        force: true,
      });
    await secret('wildcard', 'kubernetes.io/tls', { 'tls.crt': 'YQ==', 'tls.key': 'Yg==' });
    await secret('plain', 'Opaque', { a: 'YQ==' });
    expect(await copyTlsSecret(kubernetes, { namespace: shared, name: 'wildcard' }, namespace)).toBe('todo-deploy-preview-tls');
    expect(await kubernetes.get({ ...SECRET, name: 'todo-deploy-preview-tls' })).toMatchObject({
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': 'YQ==' },
    });
    await expect(copyTlsSecret(kubernetes, { namespace: shared, name: 'plain' }, namespace)).rejects.toThrow(
      'is no Secret of type kubernetes.io/tls',
    );
    await copySecrets(kubernetes, [{ namespace: shared, name: 'plain' }], namespace);
    expect(await kubernetes.get({ ...SECRET, name: 'plain' })).toMatchObject({ data: { a: 'YQ==' } });
    await expect(copySecrets(kubernetes, [{ namespace: shared, name: 'absent' }], namespace)).rejects.toThrow('is not there');
  });
});

describe('before a preview expires its people are told', () => {
  const pulls = () => pullsAt(standIn, { log });
  const warn = (now: number) => warnOfExpiry(key.repositoryId, now, { kubernetes, pulls: pulls(), shared: undefined });

  test('once, in its comment; only then may it go', async () => {
    const end = Date.parse('2026-12-06T21:00:00Z');
    await ensure({ release: 'todo', expiresAt: momentText(end), expiresAfter: String((7 * DAY) / 1000) });
    standIn.played.comment(key.number, 'github-actions[bot]', `${markerOf(key, 'todo')}\nup`);
    expect(await warn(end - 2 * DAY)).toEqual([]);
    const [told] = await warn(end - DAY / 2);
    expect(told?.warnedAt).toBe(end - DAY / 2);
    expect(await warn(end - DAY / 4)).toEqual([]);
    expect(standIn.played.comments.map(({ body }) => body)).toEqual([expect.stringContaining('**It goes at 2026-12-06 21:00 UTC**')]);
    expect(told && [isExpired(told, [end]), isExpired(told, [end + DAY / 2])]).toEqual([false, true]);
  });
});

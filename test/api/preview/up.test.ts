import { randomInt } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { NAMESPACE, POD, SERVICE } from '../../../src/deploy/kube/names.ts';
import type { HelmValues } from '../../../src/interfaces/helm.ts';
import {
  homeOf,
  momentText,
  namespaceName,
  type Preview,
  type PreviewKey,
  type PullRequest,
  previewIn,
  previewLabels,
  previewNotes,
} from '../../../src/preview/model/index.ts';
import { type Asked, bringUp, type UpOptions, type UpOutcome } from '../../../src/preview/up/index.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { access } from '../support/api.ts';
import { App, RELEASE } from '../support/app.ts';
import { withNamespaceController } from '../support/namespace-controller.ts';

// Two deploys, and the waker's minute.
jest.setTimeout(240_000);

withNamespaceController();
const [FIRST, SECOND] = ['v1-good', 'v2-good'] as const;

let app: App;
let key: PreviewKey;
let kubernetes: KubernetesClient;
const others: string[] = [];
beforeEach(async () => {
  key = { repositoryId: randomInt(1, 2 ** 31), number: randomInt(1, 2 ** 31) };
  app = await App.createIn({
    name: namespaceName(key, RELEASE),
    labels: previewLabels(key),
    annotations: previewNotes({ release: RELEASE }),
  });
  kubernetes = new KubernetesClient(access, { namespace: app.namespace });
});
afterEach(async () => {
  await app.stopControllers();
  for (const name of [app.namespace, ...others.splice(0)]) await kubernetes.delete({ ...NAMESPACE, name });
  await Promise.all([app.remove(), kubernetes.close()]);
});

const pullRequest = (head: string, more: Partial<PullRequest> = {}): PullRequest => ({
  key,
  isOpen: true,
  isMerged: false,
  isDraft: false,
  head,
  isFork: false,
  author: 'ada',
  labels: [],
  ...more,
});
const asked = (head: string, want: Asked['want'] = 'up', why = 'the pull request is open'): Asked => ({
  want,
  why,
  pullRequest: pullRequest(head),
});

/** A run for `version`; `after`: the pull request when the deploy has ended. */
const up = (
  version: string,
  more: { before?: Asked; after?: Asked; options?: Partial<UpOptions>; values?: HelmValues } = {},
): Promise<UpOutcome> =>
  app.with(version, (deploy, outside, client) => {
    const options: UpOptions = {
      key,
      repository: 'acme/small',
      ...homeOf(key, RELEASE, undefined),
      deploy: { ...deploy, allowOlder: true, ...(more.values && { values: more.values }) },
      host: 'pr-7-small.preview.example.com',
      tls: undefined,
      copies: [],
      quota: { cpu: '2', memory: '4Gi', storage: '5Gi', pods: 20 },
      podSecurity: 'privileged',
      frontDoors: undefined,
      egress: [],
      seed: undefined,
      max: 10,
      expiresAfterMs: 7 * 86_400_000,
      sleepAfterMs: 3_600_000,
      wakerImage: 'registry.example/todo-deploy:v1',
      isolationProbe: 'off',
      noindex: true,
      ...more.options,
    };
    const signal = new AbortController().signal;
    const tools = { ...outside, kubernetes: client, signal, who: deploy.who, ask: async () => more.after ?? asked(version) };
    return bringUp(options, more.before ?? asked(version), tools);
  });
const live = async (): Promise<Preview | undefined> => {
  const namespace = await kubernetes.get({ ...NAMESPACE, name: app.namespace });
  return namespace && previewIn(namespace);
};

describe('a preview', () => {
  test('comes up, says what it is, and is updated; each deploy renews its time', async () => {
    expect(await up(FIRST)).toMatchObject({ state: 'up', deploy: { status: 'deployed', version: FIRST } });
    const first = await live();
    expect(first).toMatchObject({ head: FIRST, state: 'awake', repository: 'acme/small', sleepAfterMs: 3_600_000, ending: false });
    expect(first?.expiresAt).toBeGreaterThan(Date.now() + 6.9 * 86_400_000);
    expect(await up(SECOND)).toMatchObject({ state: 'up', deploy: { status: 'deployed', version: SECOND, previousVersion: FIRST } });
    expect(await live()).toMatchObject({ uid: first?.uid, head: SECOND });
    expect((await app.serving()).length).toBeGreaterThan(0);
  });

  test('whose pull request is closed while it is deployed is taken down by the same run', async () => {
    const outcome = await up(FIRST, { after: asked(FIRST, 'down', 'the pull request is closed') });
    expect(outcome).toMatchObject({ state: 'gone', receipt: { status: 'gone', why: 'the pull request is closed', left: [] } });
    expect(await live()).toBeUndefined();
  });

  test('of an older commit is not deployed over a newer one', async () => {
    expect(await up(SECOND)).toMatchObject({ state: 'up' });
    expect(await up(FIRST, { before: asked(SECOND) })).toMatchObject({ state: 'superseded' });
    expect(await live()).toMatchObject({ head: SECOND });
  });

  test('whose commit is bad fails, and what served serves', async () => {
    await up(FIRST);
    expect(await up('v3-crashes')).toMatchObject({ state: 'failed', deploy: { status: 'rolled-back', version: FIRST } });
    expect(await live()).toMatchObject({ head: FIRST });
  });
});

describe('the preview of a draft', () => {
  const draft = (more: Partial<Parameters<typeof up>[1]> = {}) =>
    up(FIRST, {
      before: asked(FIRST, 'asleep'),
      after: asked(FIRST, 'asleep'),
      ...more,
      options: { frontDoors: ['traefik'], ...more.options },
    });
  const WAKER = { 'todo-deploy.dev/waker': RELEASE };

  test('is brought up, and put to sleep; the same commit, ready for review, is awake', async () => {
    expect(await draft()).toMatchObject({ state: 'up', asleep: true, notes: [], deploy: { status: 'deployed', version: FIRST } });
    expect(await live()).toMatchObject({ head: FIRST, state: 'asleep' });
    expect([await app.selector(), await app.replicas('blue')]).toEqual([WAKER, 0]);

    expect(await up(FIRST)).toMatchObject({ state: 'up', asleep: false, deploy: { version: FIRST } });
    expect(await live()).toMatchObject({ head: FIRST, state: 'awake' });
    expect(await app.selector()).toMatchObject({ 'todo-deploy.dev/color': expect.any(String) });
    expect((await app.serving()).length).toBeGreaterThan(0);
  });

  test('is ready for review while it is deployed: it stays awake', async () => {
    expect(await draft({ after: asked(FIRST) })).toMatchObject({ state: 'up', asleep: false, notes: [] });
  });

  test('is not put to sleep under somebody’s hands', async () => {
    await draft();
    const at = momentText(Date.now());
    const annotations = { 'todo-deploy.dev/woken-at': at };
    await kubernetes.patch({ ...SERVICE, name: `${RELEASE}-web` }, { metadata: { annotations } }, { type: 'merge' });
    expect(await draft()).toMatchObject({ asleep: false, notes: [`It stays awake: a visit woke it at ${at}`] });
    expect(await app.selector()).not.toEqual(WAKER);
  });

  test('stays awake where its waker does not come up: what was deployed is there', async () => {
    const outcome = await draft({ options: { wakerImage: 'registry.example/none:crashes' } });
    expect(outcome).toMatchObject({ state: 'up', asleep: false, notes: [expect.stringContaining('registry.example/none:crashes')] });
    expect((await app.serving()).length).toBeGreaterThan(0);
  });

  test('that is never to sleep by itself says so', async () => {
    await up(FIRST, { options: { sleepAfterMs: undefined } });
    expect(await live()).toMatchObject({ sleepAfterMs: 'never' });
  });
});

describe('helm test of a preview', () => {
  const TRY = {
    ...POD,
    metadata: { name: 'small-try', annotations: { 'helm.sh/hook': 'test' } },
    spec: { restartPolicy: 'Never', containers: [{ name: 'try', image: 'registry.example/try' }] },
  };

  /** Each pod of the test ends so, in turn. Returns how many there were. */
  async function playing(phases: readonly ('Succeeded' | 'Failed')[], body: () => Promise<void>): Promise<number> {
    const stop = new AbortController();
    const uids = new Set<string>();
    const work = (async () => {
      for await (const { type, object } of kubernetes.watch(POD, { signal: stop.signal })) {
        const { uid = '', name } = object.metadata;
        if (type === 'DELETED' || !name.startsWith('small-try') || uids.has(uid)) continue;
        const phase = phases[uids.size];
        uids.add(uid);
        await kubernetes.patch({ ...POD, name }, { status: { phase } }, { type: 'merge', subresource: 'status' });
      }
    })();
    await body();
    stop.abort();
    await work;
    return uids.size;
  }
  const tested = () => app.values(FIRST, { base: [TRY] });

  test('is run again: a pod that began before the network let it in proves nothing', async () => {
    const tries = await playing(['Failed', 'Succeeded'], async () => {
      expect(await up(FIRST, { values: tested() })).toMatchObject({ state: 'up' });
    });
    expect(tries).toBe(2);
  });

  test('fails after three tries', async () => {
    const tries = await playing(['Failed', 'Failed', 'Failed'], async () => {
      expect(await up(FIRST, { values: tested() })).toMatchObject({ state: 'failed', deploy: { failureReason: 'smoke-failed' } });
    });
    expect(tries).toBe(3);
  });
});

describe('so many previews at once', () => {
  const another = async (number: number): Promise<void> => {
    const of = { repositoryId: key.repositoryId, number };
    const name = namespaceName(of, RELEASE);
    others.push(name);
    await kubernetes.create({
      ...NAMESPACE,
      metadata: { name, labels: previewLabels(of), annotations: previewNotes({ expiresAt: momentText(Date.now()) }) },
    });
  };

  test('one more waits, and leaves nothing', async () => {
    const before = await live();
    // Made before this one, as the API server counts in seconds.
    await kubernetes.delete({ ...NAMESPACE, name: app.namespace });
    while (await kubernetes.get({ ...NAMESPACE, name: app.namespace })) await new Promise((resolve) => setTimeout(resolve, 200));
    for (const number of [1, 2]) await another(number);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await up(FIRST, { options: { max: 2 } })).toMatchObject({ state: 'waiting', ahead: 2 });
    expect(await live()).toBeUndefined();
    expect(before).toBeDefined();
  });

  test('one that is there already is updated, however many there are', async () => {
    await up(FIRST);
    for (const number of [1, 2]) await another(number);
    expect(await up(SECOND, { options: { max: 1 } })).toMatchObject({ state: 'up' });
  });
});

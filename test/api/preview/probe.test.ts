import { randomInt } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { JOB, NAMESPACE, POD } from '../../../src/deploy/kube/names.ts';
import type { KubernetesObject } from '../../../src/interfaces/kubernetes.ts';
import { ALONE } from '../../../src/interfaces/own.ts';
import { beginProbe, type Finding, findingNote } from '../../../src/preview/isolate/index.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { KubernetesClient } from '../../../src/tools/kubernetes/client.ts';
import { QUIET } from '../../support/log.ts';
import { access } from '../support/api.ts';

let namespace: string;
let kubernetes: KubernetesClient;
beforeEach(async () => {
  namespace = `probe-${randomInt(2 ** 31)}`;
  kubernetes = new KubernetesClient(access, { namespace });
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await kubernetes.create({ ...NAMESPACE, metadata: { name: namespace, labels } });
  await kubernetes.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } });
});
afterEach(async () => {
  await kubernetes.delete({ ...NAMESPACE, name: namespace });
  await kubernetes.close();
});

const begin = (noted?: string) =>
  beginProbe(
    {
      image: 'registry.example/todo-deploy:v1',
      imagePullSecrets: [],
      priorityClass: undefined,
      noted,
      isolation: {
        key: { repositoryId: 42, number: 7 },
        namespace,
        own: ALONE,
        quota: { cpu: '1', memory: '1Gi', storage: '1Gi', pods: 1 },
        podSecurity: 'restricted',
        frontDoors: { namespaces: [], addresses: [] },
        egress: [],
      },
    },
    { kubernetes, clock: systemClock, log: QUIET, signal: new AbortController().signal },
  );
const job = () => kubernetes.get({ ...JOB, name: 'todo-deploy-isolation-probe' });
async function jobThere(not?: string) {
  for (;;) {
    const live = await job();
    if (live && live.metadata.uid !== not) return live;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What a Job's controller and a kubelet do. */
async function playPod(status: object, live = jobThere()): Promise<void> {
  const { metadata, spec } = (await live) as KubernetesObject & { spec: { template: { spec: object } } };
  const labels = { 'batch.kubernetes.io/controller-uid': metadata.uid ?? '' };
  const name = `probe-${randomInt(2 ** 31)}`;
  await kubernetes.create({ ...POD, metadata: { name, namespace, labels }, spec: spec.template.spec });
  await kubernetes.patch({ ...POD, name }, { status }, { type: 'merge', subresource: 'status' });
}
const TARGET = { what: 'the API server', host: '10.96.0.1', port: '443' };
const terminated = (seen: object) => ({
  phase: 'Succeeded',
  containerStatuses: [{ name: 'probe', state: { terminated: { exitCode: 0, message: JSON.stringify({ tried: [TARGET], ...seen }) } } }],
});

describe('a probe of the network', () => {
  test('a pod that the API server takes as restricted says what it saw, and is gone', async () => {
    const probe = begin();
    await playPod(terminated({ dns: true, open: [] }));
    expect(await probe.finding()).toEqual({ state: 'proved', tried: ['the API server'] });
    expect(await job()).toBeUndefined();
    expect(await probe.stop()).toEqual({ state: 'proved', tried: ['the API server'] });
  });

  test('what answers is said', async () => {
    const probe = begin();
    await playPod(terminated({ dns: true, open: [TARGET] }));
    expect(await probe.finding()).toEqual({ state: 'open', open: ['the API server'] });
  });

  test('asks for what it is to ask, with no right but to run', async () => {
    const probe = begin();
    const { spec } = (await jobThere()) as KubernetesObject & { spec: { template: { spec: { containers: { args: string[] }[] } } } };
    const [, wanted = ''] = /= (\{.*\});$/m.exec(spec.template.spec.containers[0]?.args[0] ?? '') ?? [];
    const { closed } = JSON.parse(wanted);
    expect(closed.map(({ what }: { what: string }) => what)).toEqual(['the API server', 'the metadata address', 'the node']);
    await probe.stop();
  });

  test('that is stopped leaves nothing, and proves nothing', async () => {
    const probe = begin();
    await jobThere();
    expect(await probe.stop()).toEqual({ state: 'unproved', why: 'the deploy was over before the probe was' });
    expect(await job()).toBeUndefined();
  });

  test('what was proved of the same policies is not tried again; what was open is, and counts until then', async () => {
    const { hash, stop } = begin();
    await stop();
    const proved: Finding = { state: 'proved', tried: ['the node'] };
    const known = begin(findingNote(proved, hash));
    expect(await known.finding()).toEqual(proved);
    expect(await job()).toBeUndefined();
    const open: Finding = { state: 'open', open: ['the node'] };
    const again = begin(findingNote(open, hash));
    await jobThere();
    expect(await again.stop()).toEqual(open);
    const other = begin(findingNote(proved, '0123456789ab'));
    await jobThere();
    await other.stop();
  });

  test('one that a killed run left is taken away first', async () => {
    begin();
    const left = await jobThere();
    const probe = begin();
    await playPod(terminated({ dns: true, open: [] }), jobThere(left.metadata.uid));
    expect((await probe.finding()).state).toBe('proved');
  });

  test('where the API server refuses it, nothing is proved', async () => {
    const quota = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'none', namespace },
      spec: { hard: { 'count/jobs.batch': '0' } },
    };
    await kubernetes.create(quota);
    await kubernetes.patch(
      { apiVersion: 'v1', kind: 'ResourceQuota', name: 'none' },
      { status: { hard: { 'count/jobs.batch': '0' }, used: { 'count/jobs.batch': '0' } } },
      { type: 'merge', subresource: 'status' },
    );
    expect(await begin().finding()).toEqual({ state: 'unproved', why: expect.stringContaining('exceeded quota') });
  });
});

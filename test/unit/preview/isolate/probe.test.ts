import { describe, expect, test } from '@jest/globals';
import type { Pod } from '../../../../src/interfaces/objects.ts';
import { ALONE } from '../../../../src/interfaces/own.ts';
import { type Isolation, isolationObjects } from '../../../../src/preview/isolate/objects.ts';
import {
  type Finding,
  findingNote,
  findingOf,
  findingText,
  notedFinding,
  policiesHash,
} from '../../../../src/preview/isolate/probe/finding.ts';
import { probeJob } from '../../../../src/preview/isolate/probe/job.ts';
import { endOf } from '../../../../src/preview/isolate/probe/probe.ts';
import { isOpened, isWithin, portsOf } from '../../../../src/preview/isolate/probe/targets.ts';

const API = { what: 'the API server', host: '10.96.0.1', port: '443' };
const NODE = { what: 'the node', host: '10.0.0.5', port: '10250' };
const message = (more: object): string => JSON.stringify({ dns: true, tried: [API, NODE], open: [], ...more });

describe('what a probe has found', () => {
  test.each<[string, string, readonly string[], Finding]>([
    ['DNS answers, nothing else does', message({}), [], { state: 'proved', tried: ['the API server', 'the node'] }],
    ['something answers', message({ open: [NODE] }), [], { state: 'open', open: ['the node'] }],
    ['it answers, and DNS does not', message({ dns: false, open: [API] }), [], { state: 'open', open: ['the API server'] }],
    ['what answers is what "egress" opens', message({ open: [NODE] }), ['10.0.0.0/24'], { state: 'proved', tried: ['the API server'] }],
  ])('%s', (_, text, egress, finding) => expect(findingOf(text, egress)).toEqual(finding));

  test.each<[string, string, readonly string[], string]>([
    ['nothing answers at all', message({ dns: false }), [], 'DNS did not answer'],
    ['it says nothing', '', [], 'without saying'],
    ['it says something else', '[1]', [], 'without saying'],
    ['all of it is open by "egress"', message({}), ['10.0.0.0/8'], '"egress" opens all'],
  ])('%s: that proves nothing', (_, text, egress, why) =>
    expect(findingOf(text, egress)).toEqual({ state: 'unproved', why: expect.stringContaining(why) }),
  );

  test('is one line', () => {
    expect(findingText({ state: 'open', open: ['the API server'] })).toBe(
      'not enforced: the API server answered a pod of it, in spite of its NetworkPolicies',
    );
    expect(findingText({ state: 'proved', tried: ['a', 'b', 'c'] })).toBe('closed, proved by a pod: no answer from a, b, and c');
  });
});

describe('what is kept of it', () => {
  const quota = { cpu: '1', memory: '1Gi', storage: '5Gi', pods: 20 };
  const isolation: Isolation = {
    key: { repositoryId: 42, number: 7 },
    namespace: 'pr-7-todo-abcdef',
    own: ALONE,
    quota,
    podSecurity: 'restricted',
    frontDoors: { namespaces: ['traefik'], addresses: [] },
    egress: [],
  };
  const hash = policiesHash(isolation);

  test.each<Finding>([
    { state: 'proved', tried: ['the API server', 'the node'] },
    { state: 'open', open: ['a pod of another namespace'] },
  ])('$state, of these policies', (finding) => {
    expect(notedFinding(findingNote(finding, hash), hash)).toEqual(finding);
    expect(notedFinding(findingNote(finding, hash), '0123456789ab')).toBeUndefined();
  });

  test('nothing of what proves nothing', () => {
    expect(findingNote({ state: 'unproved', why: 'x' }, hash)).toBe('');
    for (const note of [undefined, '', hash, `${hash} proved`, `${hash} perhaps a`]) expect(notedFinding(note, hash)).toBeUndefined();
  });

  test('other policies are another matter, another quota is not', () => {
    expect(policiesHash({ ...isolation, egress: ['203.0.113.0/24'] })).not.toBe(hash);
    expect(policiesHash({ ...isolation, frontDoors: { namespaces: [], addresses: [] } })).not.toBe(hash);
    expect(policiesHash({ ...isolation, quota: { ...quota, cpu: '9' } })).toBe(hash);
    expect(isolationObjects(isolation).filter(({ kind }) => kind === 'NetworkPolicy')).toHaveLength(3);
  });
});

describe('the pod of a probe', () => {
  const pod = (status: object): Pod => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, status }) as Pod;
  const waiting = (reason: string) => pod({ phase: 'Pending', containerStatuses: [{ state: { waiting: { reason } } }] });

  test.each(['ContainerCreating', 'ErrImagePull', 'ImagePullBackOff'])('%s: it may come yet', (reason) =>
    expect(endOf(waiting(reason), 'x', [])).toBeUndefined(),
  );

  test.each(['InvalidImageName', 'CreateContainerConfigError'])('%s: it does not come', (reason) =>
    expect(endOf(waiting(reason), 'example/waker', [])).toEqual({
      state: 'unproved',
      why: `its pod does not start (${reason}, image example/waker)`,
    }),
  );

  test('its last message counts; one that was evicted says nothing', () => {
    const terminated = (text: string) => pod({ containerStatuses: [{ state: { terminated: { exitCode: 0, message: text } } }] });
    expect(endOf(terminated(message({})), 'x', [])?.state).toBe('proved');
    expect(endOf(terminated(''), 'x', [])?.state).toBe('unproved');
    expect(endOf(pod({ phase: 'Failed', reason: 'Evicted' }), 'x', [])).toEqual({
      state: 'unproved',
      why: expect.stringContaining('Evicted'),
    });
  });

  test('has no token, may do nothing, and is removed even if the run is killed', () => {
    const wanted = { closed: [], name: 'x', withinMs: 1 };
    const { spec } = probeJob({ namespace: 'pr', own: ALONE, image: 'i', imagePullSecrets: ['pull'], priorityClass: 'low', wanted });
    expect(spec).toMatchObject({
      ttlSecondsAfterFinished: 60,
      activeDeadlineSeconds: 60,
      template: { spec: { automountServiceAccountToken: false, priorityClassName: 'low', imagePullSecrets: [{ name: 'pull' }] } },
    });
  });
});

describe('where a pod of another namespace listens', () => {
  const ready = { podIP: '10.1.2.3', conditions: [{ type: 'Ready', status: 'True' }] };
  const pod = (container: object, { status = ready, spec = {} }: { status?: object; spec?: object } = {}): Pod =>
    ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, status, spec: { containers: [container], ...spec } }) as Pod;
  const ports = (...of: Parameters<typeof pod>): string[] => portsOf(pod(...of)).map(({ host, port }) => `${host}:${port}`);

  test('by the question whether it is ready, and by what it says; DNS is open', () => {
    const dns = [{ containerPort: 53, protocol: 'UDP' }, { containerPort: 53 }, { containerPort: 9153 }];
    expect(ports({ readinessProbe: { httpGet: { port: 8181 } }, ports: dns })).toEqual(['10.1.2.3:8181', '10.1.2.3:9153']);
    expect(ports({ readinessProbe: { tcpSocket: { port: 'web' } }, ports: [{ containerPort: 80 }] })).toEqual(['10.1.2.3:80']);
  });

  test('not, where it is not ready, or in the network of its node', () => {
    const web = { ports: [{ containerPort: 80 }] };
    expect(ports(web, { status: { podIP: '10.1.2.3' } })).toEqual([]);
    expect(ports(web, { spec: { hostNetwork: true } })).toEqual([]);
  });
});

test.each<[string, string[], boolean | undefined]>([
  ['10.0.0.5', ['10.0.0.0/24'], true],
  ['10.0.1.5', ['10.0.0.0/24'], false],
  ['10.0.1.5', [], false],
  ['fd00::5', ['fd00::/8', '10.0.0.0/8'], true],
  ['10.0.0.5', ['::/0'], false],
  ['$(NODE_ADDRESS)', ['0.0.0.0/0'], undefined],
])('%s within %j: %s', (address, networks, within) => expect(isWithin(address, networks)).toBe(within));

test.each<[string[], boolean]>([
  [['0.0.0.0/0'], false],
  [['169.254.0.0/16'], false],
  [['169.254.169.254/32'], true],
])('egress to %j opens the metadata address: %s, as the policy has it', (egress, open) =>
  expect(isOpened('169.254.169.254', egress)).toBe(open),
);

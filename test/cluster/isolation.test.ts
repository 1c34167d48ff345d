import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { until } from '../../cluster/wait.ts';
import { PULL_SECRET } from '../../demo/namespace.ts';
import { NAMESPACE, POD } from '../../src/deploy/kube/names.ts';
import type { KubernetesObject } from '../../src/interfaces/kubernetes.ts';
import { ALONE } from '../../src/interfaces/own.ts';
import {
  beginProbe,
  copySecrets,
  type Finding,
  findFrontDoors,
  type Isolation,
  podSecurityLabels,
  surround,
} from '../../src/preview/isolate/index.ts';
import { namespaceName, previewLabels } from '../../src/preview/model/index.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { HelmCli } from '../../src/tools/helm/cli.ts';
import { KubernetesClient } from '../../src/tools/kubernetes/client.ts';
import { loadKubeconfig } from '../../src/tools/kubernetes/load.ts';
import { WAKER_LABEL } from '../../src/waker/index.ts';
import { kubectl } from '../support/kubectl.ts';
import { QUIET } from '../support/log.ts';
import { PairApp } from './deploy-support.ts';
import { clusterTargets, METADATA, reached } from './preview-probes.ts';
import { cluster, runner, workplace } from './tools/support.ts';

jest.setTimeout(240_000);

/** Who has nothing to do with the preview. */
const NEIGHBOUR = 'isolation-test';
const PORTS = Array.from({ length: 16 }, (_, index) => 8000 + index);
const key = { repositoryId: randomInt(1, 2 ** 31), number: 7 };
const namespace = namespaceName(key, 'isolated');
const log = QUIET;
const signal = new AbortController().signal;
const { files } = workplace('isolation');
let kubernetes: KubernetesClient;
let isolation: Isolation;
let image: string;

beforeAll(async () => {
  image = `${(await PairApp.create(NEIGHBOUR, cluster, ['v1'], runner)).image}:v1`;
  kubernetes = new KubernetesClient(loadKubeconfig({ path: cluster.kubeconfig }), { namespace });
  const labels = { ...podSecurityLabels('restricted'), ...previewLabels(key) };
  await kubernetes.create({ ...NAMESPACE, metadata: { name: namespace, labels } });
  await copySecrets(kubernetes, [{ namespace: NEIGHBOUR, name: PULL_SECRET }], namespace);
  isolation = {
    key,
    namespace,
    own: ALONE,
    quota: { cpu: '1', memory: '1Gi', storage: '1Gi', pods: 10 },
    podSecurity: 'restricted',
    frontDoors: await findFrontDoors(kubernetes),
    egress: [],
  };
});
afterAll(async () => {
  await kubernetes.close();
  for (const name of [namespace, NEIGHBOUR]) kubectl(cluster, ['delete', 'namespace', name, '--wait=false']);
});

/** A pod that takes connections on all of PORTS, once it is there. Returns its address. */
async function listening(where: string, name: string, labels: Record<string, string> = {}): Promise<string> {
  const script = `for (const port of ${JSON.stringify(PORTS)}) require('node:net').createServer().listen(port)`;
  const container = {
    name,
    image,
    command: ['node', '-e', script],
    ports: [{ containerPort: PORTS[0] }],
    readinessProbe: { tcpSocket: { port: PORTS.at(-1) }, periodSeconds: 1 },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  };
  const securityContext = { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: 'RuntimeDefault' } };
  const spec = {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    imagePullSecrets: [{ name: PULL_SECRET }],
    securityContext,
    containers: [container],
  };
  await kubernetes.create({ ...POD, metadata: { name, namespace: where, labels }, spec } as KubernetesObject);
  kubectl(cluster, ['--namespace', where, 'wait', '--for=condition=Ready', `pod/${name}`, '--timeout=90s']);
  return (await kubernetes.get({ ...POD, name, namespace: where }))?.status?.podIP ?? '';
}

const tools = () => ({
  kubernetes,
  helm: new HelmCli({ runner, helmPath: 'helm', kubernetes, relay: kubernetes.relay, files, namespace }),
  clock: systemClock,
  log,
  signal,
  who: { repository: 'acme/todo', runUrl: '', actor: 'ada', holder: 'isolation' },
});
const probed = (more: Partial<Isolation> = {}): Promise<Finding> =>
  beginProbe(
    { isolation: { ...isolation, ...more }, image, imagePullSecrets: [PULL_SECRET], priorityClass: undefined, noted: undefined },
    tools(),
  ).finding();
const jobs = () => kubectl(cluster, ['--namespace', namespace, 'get', 'jobs,pods', '--selector=job-name', '--output=name']).trim();

describe('a namespace without policies', () => {
  test('a probe says what answers it, and is gone afterwards', async () => {
    const finding = await probed();
    expect(finding).toEqual({ state: 'open', open: expect.arrayContaining(['the API server', 'the node', 'a pod of another namespace']) });
    await until('the probe to be gone', 30_000, async () => (jobs() === '' ? true : undefined));
  });

  test('one whose image is not there proves nothing', async () => {
    image = `${image}-none`;
    try {
      expect(await probed()).toEqual({
        state: 'unproved',
        why: expect.stringMatching(/^its pod does not start \((?:ErrImagePull|ImagePullBackOff), image /),
      });
    } finally {
      image = image.replace(/-none$/, '');
    }
  });
});

describe('with its policies', () => {
  const POD_NAME = 'hostile';
  let own: string;
  let targets: string[];
  beforeAll(async () => {
    await surround(tools(), isolation);
    own = await listening(namespace, POD_NAME);
    const neighbour = await listening(NEIGHBOUR, 'neighbour');
    const waker = await listening(namespace, 'waker', { [WAKER_LABEL]: 'isolated' });
    targets = [
      ...METADATA,
      ...clusterTargets(cluster),
      ...PORTS.map((port) => `${neighbour}:${port}`),
      ...PORTS.slice(0, 8).map((port) => `${waker}:${port}`),
    ];
  });
  const ask = () => reached(cluster, { namespace, pod: POD_NAME }, [`${own}:8000`, ...targets]);

  test('a probe proves that they are enforced', async () => {
    const tried = ['the API server', 'the metadata address', 'the node', 'a pod of another namespace'];
    expect(await probed()).toEqual({ state: 'proved', tried });
  });

  test('what "egress" opens is not told as open', async () => {
    const egress = ['0.0.0.0/0'];
    await surround(tools(), { ...isolation, egress });
    // Until the network has followed.
    const finding = await until('the metadata address alone to be closed', 30_000, async () => {
      const found = await probed({ egress });
      return found.state === 'proved' ? found : undefined;
    });
    expect(finding).toEqual({ state: 'proved', tried: ['the metadata address'] });
    await surround(tools(), isolation);
  });

  test('a hostile pod tries the API server, nodes, the metadata address, other namespaces and the waker at 40 doors: none opens', async () => {
    expect(targets.length).toBeGreaterThanOrEqual(40);
    await until('the network to have followed', 30_000, async () => (ask().length === 1 ? true : undefined));
    expect(ask()).toEqual([`${own}:8000`]);
  });

  test('all of them but the metadata address are open without: what was tried proves something', async () => {
    kubectl(cluster, ['--namespace', namespace, 'delete', 'networkpolicies', '--all']);
    const open = await until('the network to be open', 60_000, async () => {
      const seen = ask();
      return seen.length > targets.length - METADATA.length ? seen : undefined;
    });
    expect(open).toEqual([`${own}:8000`, ...targets.filter((target) => !METADATA.includes(target))]);
    expect((await probed()).state).toBe('open');
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { applyMetrics, metricsAnswer } from '../../cluster/addons/metrics.ts';
import { API_SERVER, NODES, PATHS, REGISTRY } from '../../cluster/config.ts';
import { run } from '../../cluster/exec.ts';
import { get } from '../../cluster/http.ts';
import { apply, kubectl } from '../../cluster/kubectl.ts';
import { LATER } from '../../cluster/later.ts';
import { readPid, startedNames } from '../../cluster/pidfile.ts';
import { status } from '../../cluster/status.ts';
import { until } from '../../cluster/wait.ts';
import { clusterEnvironment } from '../../demo/environment.ts';
import { expectSaidOnCluster } from '../support/causes/said.ts';
import { NODES as NODES_GONE } from '../support/causes/scenarios/nodes.ts';

const NS = 'test-cluster';
const CLI = join(import.meta.dirname, '../../cluster/cli.ts');
const IMAGE = 'docker.io/library/busybox:1.37';

const pod = (name: string, nodeName: string, extra: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: NS, labels: { app: name } },
  spec: {
    nodeName,
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'c',
        image: IMAGE,
        // Each node asks the registry, which knows public images by no secret of the pod's.
        imagePullPolicy: 'Always',
        ports: [{ name: 'http', containerPort: 8080 }],
        command: ['sh', '-c', `echo started; mkdir /tmp/www; echo ${name} > /tmp/www/index.html; exec httpd -f -p 8080 -h /tmp/www`],
      },
    ],
    ...extra,
  },
});
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'far', namespace: NS },
  spec: { selector: { app: 'far' }, ports: [{ port: 80, targetPort: 8080 }] },
};

const inPod = (name: string, ...command: string[]) =>
  run('kubectl', ['exec', '-n', NS, name, '--', ...command], { env: { KUBECONFIG: PATHS.kubeconfig } });
const canReach = async (from: string, url: string) =>
  inPod(from, 'wget', '-q', '-T', '2', '-O', '-', url).then(
    (text) => text === 'far\n',
    () => false,
  );
const pids = async () =>
  Object.fromEntries(
    await Promise.all(
      (await startedNames()).filter((name) => name !== LATER).map(async (name) => [name, (await readPid(name))?.pid] as const),
    ),
  );

beforeAll(async () => {
  await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NS } }]);
  await until('the default service account', 20_000, () => kubectl(['get', 'sa', 'default', '-n', NS]));
  await apply([pod('near', 'node1'), pod('beside', 'node2'), pod('far', 'node2'), service]);
  await kubectl(['wait', '-n', NS, '--for=condition=Ready', 'pod', '--all', '--timeout=60s'], { timeout: 70_000 });
}, 120_000);

afterAll(async () => {
  await kubectl(['delete', 'namespace', NS, '--wait=false']);
});

describe('pods and their network', () => {
  test('pods of both nodes reach a Service by its name', async () => {
    // Whoever programs the nodes learns of the Service when the kubelet does, and not before it.
    for (const from of ['near', 'beside'])
      await until(`${from} to reach the Service`, 20_000, async () => ((await canReach(from, 'http://far/')) ? true : undefined));
  });

  test('a pod sees the address of the pod that calls it, also from the other node', async () => {
    const address = await kubectl(['get', 'pod', 'near', '-n', NS, '-o', 'jsonpath={.status.podIP}']);
    await inPod('far', 'sh', '-c', 'nc -l -p 9000 -e sh -c "netstat -tn > /tmp/seen" >/dev/null 2>&1 &');
    const far = await kubectl(['get', 'pod', 'far', '-n', NS, '-o', 'jsonpath={.status.podIP}']);
    await inPod('near', 'nc', '-w', '2', far, '9000');
    expect(await inPod('far', 'cat', '/tmp/seen')).toContain(`${address}:`);
  });

  test('a NetworkPolicy shuts out pods of both nodes, and its removal lets them in again', async () => {
    const policy = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'deny', namespace: NS },
      spec: { podSelector: { matchLabels: { app: 'far' } }, policyTypes: ['Ingress'] },
    };
    await apply([policy]);
    await until('the policy to hold', 40_000, async () =>
      (await canReach('near', 'http://far/')) || (await canReach('beside', 'http://far/')) ? undefined : true,
    );
    await kubectl(['delete', 'networkpolicy', 'deny', '-n', NS]);
    await until('the policy to be gone', 40_000, async () =>
      (await canReach('near', 'http://far/')) && (await canReach('beside', 'http://far/')) ? true : undefined,
    );
  });

  test('a policy whose rule with a named port gains an ipBlock is followed, and so is the next one', async () => {
    const from = [{ podSelector: { matchLabels: { app: 'near' } } }];
    const named = (sources: object[]) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'named', namespace: NS },
      spec: {
        podSelector: { matchLabels: { app: 'far' } },
        policyTypes: ['Ingress'],
        ingress: [{ from: sources, ports: [{ port: 'http' }] }],
      },
    });
    const reach = (near: boolean, beside: boolean) =>
      until(`near ${near}, beside ${beside}`, 40_000, async () =>
        (await canReach('near', 'http://far/')) === near && (await canReach('beside', 'http://far/')) === beside ? true : undefined,
      );
    await apply([named(from)]);
    await reach(true, false);
    await apply([named([...from, { ipBlock: { cidr: '10.244.2.0/24' } }])]);
    await reach(true, true);
    await apply([named(from)]);
    await reach(true, false);
    await kubectl(['delete', 'networkpolicy', 'named', '-n', NS]);
    await reach(true, true);
  }, 180_000);
});

describe('kubectl reaches pods through the kubelets', () => {
  test('logs and exec', async () => {
    expect(await kubectl(['logs', '-n', NS, 'far'])).toBe('started\n');
    expect(await inPod('far', 'cat', '/tmp/www/index.html')).toBe('far\n');
  });

  test('port-forward', async () => {
    const child = spawn(join(PATHS.bin, 'kubectl'), ['port-forward', '-n', NS, 'pod/far', ':8080'], {
      // Without HOME kubectl would keep its cache in a folder .kube of the working directory.
      env: { ...process.env, KUBECONFIG: PATHS.kubeconfig },
    });
    try {
      const port = await forwardedPort(child);
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('far\n');
    } finally {
      child.kill();
    }
  });
});

describe('who may do what', () => {
  test('the API server takes no one without a certificate or token for an administrator', async () => {
    expect((await get(`${API_SERVER}/api/v1/secrets`)).status).toBe(403);
    const asPod = await run('kubectl', ['auth', 'can-i', 'list', 'secrets', `--as=system:serviceaccount:${NS}:default`], {
      env: { KUBECONFIG: PATHS.kubeconfig },
      allow: [1],
    });
    expect(asPod.trim()).toBe('no');
  });

  test('the kubelets refuse callers without a certificate', async () => {
    for (const node of NODES) expect((await get(`https://${node.ip}:10250/pods`)).status).toBe(401);
  });

  test('the registry refuses callers without an account', async () => {
    expect((await get(`https://${REGISTRY}/v2/_catalog`)).status).toBe(401);
  });

  test('an image outside library/ is not pulled without a pull secret', async () => {
    await apply([pod('no-secret', 'node1', { containers: [{ name: 'c', image: `${REGISTRY}/private/app:1` }] })]);
    const path = 'jsonpath={.status.containerStatuses[0].state.waiting.message}';
    const message = await until('the refusal', 30_000, async () => {
      const text = await kubectl(['get', 'pod', 'no-secret', '-n', NS, '-o', path]);
      return text.includes('authoriz') ? text : undefined;
    });
    expect(message).toContain('no basic auth credentials');
  });
});

test('the API of metrics-server is registered once it answers: until then namespaces come and go', async () => {
  const system = ['-n', 'kube-system'];
  const image = await kubectl([
    'get',
    'deployment',
    'metrics-server',
    ...system,
    '-o',
    'jsonpath={.spec.template.spec.containers[0].image}',
  ]);
  await kubectl(['delete', 'apiservice', 'v1beta1.metrics.k8s.io', '--ignore-not-found']);
  await kubectl(['delete', 'deployment', 'metrics-server', ...system]);
  const applied = applyMetrics(image);
  await kubectl(['wait', 'deployment/metrics-server', ...system, '--for=create', '--timeout=20s']);
  await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${NS}-brief` } }]);
  await kubectl(['delete', 'namespace', `${NS}-brief`, '--timeout=20s']);
  // Or this would have shown nothing.
  expect(await kubectl(['get', 'deployment', 'metrics-server', ...system, '-o', 'jsonpath={.status.availableReplicas}'])).toBe('');
  await applied;
  expect(await until('metrics', 30_000, async () => (await metricsAnswer()) || undefined)).toBe(true);
}, 240_000);

describe('up', () => {
  test('a second up changes nothing', async () => {
    const before = await pids();
    await run(process.execPath, [CLI, 'up'], { timeout: 120_000 });
    expect(await pids()).toEqual(before);
  }, 130_000);

  test('status names a component that was killed, and up starts it again alone', async () => {
    const before = await pids();
    const { 'kube-scheduler': scheduler, ...others } = before;
    process.kill(-Number(scheduler), 'SIGKILL');
    await until('the scheduler to end', 5_000, async () => ((await status()).match(/^kube-scheduler +crashed/m) ? true : undefined));
    await run(process.execPath, [CLI, 'up'], { timeout: 120_000 });
    const { 'kube-scheduler': again, ...same } = await pids();
    expect(again).not.toBe(scheduler);
    expect(same).toEqual(others);
    expect(await status()).toMatch(/^kube-scheduler +running/m);
  }, 130_000);
});

describe('a node whose kubelet ends', () => {
  const removed: Promise<void>[] = [];
  afterAll(() => Promise.all(removed));

  test.each(NODES_GONE.map((scenario) => [scenario.name, scenario] as const))(
    '%s is named',
    async (_, scenario) => {
      await expectSaidOnCluster(scenario, clusterEnvironment(), removed);
      await Promise.all(removed);
      expect(await status()).toMatch(/^kubelet-node2 +running/m);
    },
    300_000,
  );
});

async function forwardedPort(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return until('the forwarded port', 10_000, async () => /127\.0\.0\.1:(\d+)/.exec(text)?.[1]);
}

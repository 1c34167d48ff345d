import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { clusterEnvironment } from '../../demo/environment.ts';
import { freshNamespace } from '../../demo/namespace.ts';
import { waitReady } from '../../src/deploy/diagnosis/ready.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { KubernetesClient } from '../../src/tools/kubernetes/client.ts';
import { loadKubeconfig } from '../../src/tools/kubernetes/load.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { QUIET } from '../support/log.ts';

jest.setTimeout(120_000);

const NAMESPACE = 'deploy-platform-test';
const IMAGE = 'docker.io/library/busybox:1.37';
const runner = new NodeProcessRunner({ env: process.env });
const log = QUIET;
const cluster = clusterEnvironment();
const kubernetes = new KubernetesClient(loadKubeconfig({ path: cluster.kubeconfig, context: cluster.context }), { namespace: NAMESPACE });

beforeAll(() => freshNamespace(NAMESPACE, cluster, runner));
afterAll(async () => {
  await runner.run({ command: ['kubectl', 'delete', 'namespace', NAMESPACE, '--wait=false'], env: cluster.env, timeoutMs: 60_000 });
  await kubernetes.close();
});

test('a program that the node cannot run: named by what the runtime wrote into the log', async () => {
  const metadata = (name: string) => ({ name, namespace: NAMESPACE });
  // The kernel says the same of a script without a first line as of a binary for another processor.
  await kubernetes.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('files'), data: { run: 'echo hello' } });
  const securityContext = {
    runAsNonRoot: true,
    runAsUser: 1000,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };
  const volumeMounts = [{ name: 'files', mountPath: '/files' }];
  const container = { name: 'web', image: IMAGE, command: ['/files/run'], volumeMounts, securityContext };
  await kubernetes.create({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata('web'),
    spec: {
      // Without a probe a container counts as ready in the instant in which it runs.
      minReadySeconds: 60,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [container], volumes: [{ name: 'files', configMap: { name: 'files', defaultMode: 0o755 } }] },
      },
    },
  });
  const ready = waitReady(
    [{ kind: 'Deployment', name: 'web', shared: false }],
    { kubernetes, clock: systemClock, log },
    { signal: new AbortController().signal, limitMs: 90_000 },
  );
  await expect(ready).rejects.toMatchObject({
    reason: 'image-architecture',
    message: 'Container "web" of Deployment/web cannot start: exec /files/run: exec format error',
  });
});

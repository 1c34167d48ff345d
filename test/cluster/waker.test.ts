import { request } from 'node:http';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { PULL_SECRET } from '../../demo/namespace.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { KubernetesClient } from '../../src/tools/kubernetes/client.ts';
import { loadKubeconfig } from '../../src/tools/kubernetes/load.ts';
import { fallAsleep } from '../../src/waker/index.ts';
import { QUIET } from '../support/log.ts';
import { CraneRegistry } from '../support/registry.ts';
import { expectGreen, PairApp } from './deploy-support.ts';
import { ProductImage } from './product-image.ts';
import { cluster, runner, workplace } from './tools/support.ts';

jest.setTimeout(240_000);

const NAMESPACE = 'waker-test';
const HOST = 'waker-test.example.com';
const { files } = workplace('td-product');
const log = QUIET;
let app: PairApp;
let product: ProductImage;
let image: string;
let kubernetes: KubernetesClient;

beforeAll(async () => {
  product = await ProductImage.create({ cluster, files, log, name: 'td-product' });
  app = await PairApp.create(NAMESPACE, cluster, ['v1'], runner);
  kubernetes = new KubernetesClient(loadKubeconfig({ path: cluster.kubeconfig }), { namespace: NAMESPACE });
  image = `${cluster.registry.host}/${NAMESPACE}/todo-deploy`;
});
afterAll(async () => {
  await kubernetes.close();
  await product.remove();
  app.kubectl('delete', 'namespace', NAMESPACE, '--wait=false');
});

test('the product’s image is the same each time it is built, runs as nobody, and needs to write nothing', async () => {
  const [first, second] = [await product.build('one'), await product.build('two')];
  expect(second.digest).toBe(first.digest);
  const crane = new CraneRegistry(cluster);
  image = await product.push(first.layout, image);
  expect(JSON.parse(await crane.crane('config', image)).config).toMatchObject({
    User: '65532:65532',
    Entrypoint: ['node', '/app/bin/todo-deploy.js'],
  });
  const securityContext = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
  app.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'product' },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      imagePullSecrets: [{ name: PULL_SECRET }],
      securityContext,
      containers: [
        {
          name: 'product',
          image,
          args: ['janitor', '--help'],
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  });
  app.kubectl('wait', '--for=jsonpath={.status.phase}=Succeeded', 'pod/product', '--timeout=60s');
  expect(app.kubectl('logs', 'product')).toContain('--registry-tags');
});

interface Answer {
  status: number;
  retryAfter: string | undefined;
  body: string;
}

/** Through the front door, a connection each; status 0 where none came. */
const ask = (agent = 'Mozilla/5.0 Firefox/140.0'): Promise<Answer> =>
  new Promise((resolve) => {
    const url = new URL(cluster.ingress.http[0] ?? '');
    const asked = request(
      {
        host: url.hostname,
        port: url.port || 80,
        agent: false,
        timeout: 20_000,
        headers: { host: HOST, 'user-agent': agent, accept: 'text/html' },
      },
      (answer) => {
        let body = '';
        answer.on('data', (part) => {
          body += part;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'], body }));
      },
    );
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve({ status: 0, retryAfter: undefined, body: '' }));
    asked.end();
  });

test('an app sleeps and is woken through the front door: no request is lost, each is answered or told when to come back', async () => {
  const values = app.values('v1', { ingress: { enabled: true, className: cluster.ingress.className, host: HOST } });
  expectGreen(await app.deploy('v1', { values }));
  while ((await ask()).status !== 200) await systemClock.sleep(200);
  const color = app.colors()[0] as 'blue' | 'green';
  const tools = { kubernetes, clock: systemClock, log, signal: new AbortController().signal };

  const answers: Answer[] = [];
  let over = false;
  // While it falls asleep, a robot keeps asking: it must not wake it.
  const robot = (async () => {
    while (!over) {
      answers.push(await ask('Googlebot/2.1'));
      await systemClock.sleep(50);
    }
  })();
  expect(await fallAsleep({ release: 'pair', color, image, imagePullSecrets: [PULL_SECRET] }, tools)).toBeUndefined();
  expect(await ask('Googlebot/2.1')).toMatchObject({ status: 503, retryAfter: '3600' });
  over = true;
  await robot;
  expect(answers.filter(({ status, retryAfter }) => status !== 200 && !(status === 503 && retryAfter === '3600'))).toEqual([]);
  expect(app.get('deployment', `pair-frontend-${color}`).spec.replicas).toBe(0);

  const started = Date.now();
  const visits: Answer[] = [];
  do {
    visits.push(await ask());
    await systemClock.sleep(50);
  } while (visits.at(-1)?.status !== 200);
  const ms = Date.now() - started;
  expect(visits[0]?.body).toContain('http-equiv="refresh"');
  expect(visits.filter(({ status, retryAfter }) => status !== 200 && !(status === 503 && retryAfter === '2'))).toEqual([]);
  for (let left = 40; left > 0; left -= 1) visits.push(await ask());
  const lost = visits.filter(({ status, retryAfter }) => status !== 200 && !(status === 503 && retryAfter !== undefined));
  expect(lost).toEqual([]);
  expect(app.colors()).toEqual([color, color]);
  console.log(
    `awake after ${ms} ms; ${visits.filter(({ status }) => status === 503).length} answers said to come back, ${visits.length} in all`,
  );
});

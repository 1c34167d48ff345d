import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readDoctorInputs } from '../../src/actions/doctor/inputs.ts';
import { examineApp } from '../../src/actions/doctor/run.ts';
import { readStatusInputs } from '../../src/actions/status/inputs.ts';
import { runStatus } from '../../src/actions/status/run.ts';
import type { CheckedFinding } from '../../src/doctor/index.ts';
import { type ActionContext, createContext } from '../../src/runtime/action.ts';
import { environment, kubeconfig, runner, workplace } from './support/api.ts';
import { installGatewayApi } from './support/gateway-controller.ts';

const { namespace, folder, kubernetes } = workplace('doctor');
// Helm is found here.
process.env.PATH = environment.PATH;

const kubectl = async (args: string[], stdin?: string): Promise<string> =>
  (await runner.run({ command: ['kubectl', '--namespace', namespace, ...args], env: environment, stdin, timeoutMs: 30_000 })).stdout;
const apply = (object: object) => kubectl(['apply', '--filename=-'], JSON.stringify(object));

/** A chart of these templates. Returns its folder. */
function chartOf(name: string, templates: readonly object[] | string): string {
  const chart = join(folder, name);
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(chart, path)), { recursive: true });
    writeFileSync(join(chart, path), text);
  };
  put('Chart.yaml', 'apiVersion: v2\nname: shop\nversion: 1.0.0\n');
  put('templates/all.yaml', typeof templates === 'string' ? templates : templates.map((one) => JSON.stringify(one)).join('\n---\n'));
  return chart;
}

const labels = { app: 'web' };
const web = (pod: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { containers: [{ name: 'web', image: 'registry.example/shop:1', resources: { requests: { cpu: '2' } } }], ...pod },
    },
  },
});
const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { selector: labels, ports: [{ port: 80 }] } };
const ingress = (spec: object, annotations: object = {}) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'web', annotations },
  spec: {
    rules: [
      {
        host: 'shop.invalid',
        http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] },
      },
    ],
    ...spec,
  },
});
const store = (storageClassName?: string) => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'store' },
  spec: {
    serviceName: 'store',
    selector: { matchLabels: { app: 'store' } },
    template: { metadata: { labels: { app: 'store' } }, spec: { containers: [{ name: 'store', image: 'registry.example/store:1' }] } },
    volumeClaimTemplates: [
      {
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage: '1Gi' } } },
      },
    ],
  },
});

function contextOf(
  action: string,
  inputs: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>> = {},
): ActionContext {
  const given = Object.entries({ release: 'shop', namespace, kubeconfig, ...inputs }).map(([name, value]) => [
    `INPUT_${name.toUpperCase()}`,
    value,
  ]);
  return createContext(action, new AbortController().signal, {
    PATH: environment.PATH,
    RUNNER_TEMP: folder,
    ...Object.fromEntries(given),
    ...variables,
  });
}

async function doctor(
  inputs: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>> = {},
): Promise<CheckedFinding[]> {
  const context = contextOf('doctor', inputs, variables);
  return await examineApp(context, readDoctorInputs(context));
}

const failed = (findings: readonly CheckedFinding[]): string[] =>
  findings.filter(({ level }) => level === 'fail').map(({ check }) => check);
const of = (findings: readonly CheckedFinding[], check: string): CheckedFinding =>
  findings.find((finding) => finding.check === check && finding.level !== 'ok') ?? { check, level: 'ok', message: '' };

const quota = { apiVersion: 'v1', kind: 'ResourceQuota', name: 'team' };
beforeAll(async () => {
  await kubectl(['create', 'serviceaccount', 'deployer']);
  const { name, ...kind } = quota;
  await apply({ ...kind, metadata: { name }, spec: { hard: { 'requests.cpu': '1' } } });
  // What a controller would compute.
  await kubernetes.patch(
    quota,
    { status: { hard: { 'requests.cpu': '1' }, used: { 'requests.cpu': '0' } } },
    { type: 'merge', subresource: 'status' },
  );
});
afterAll(() => kubectl(['delete', 'ingressclass,storageclass', '--selector', `doctor=${namespace}`]));

describe('a chart whose front door is a route', () => {
  const apiVersion = 'gateway.networking.k8s.io/v1';
  const className = `class-${namespace}`;
  const route = {
    apiVersion,
    kind: 'HTTPRoute',
    metadata: { name: 'web' },
    spec: { parentRefs: [{ name: 'shared' }], hostnames: ['shop.invalid'], rules: [{ backendRefs: [{ name: 'web', port: 80 }] }] },
  };
  let chart = '';
  const examined = async () => of(await doctor({ chart }), 'Gateway');
  beforeAll(async () => {
    await installGatewayApi(kubernetes);
    chart = chartOf('routed', [web(), service, route]);
  });
  afterAll(() => kubectl(['delete', 'gateway,gatewayclass', '--selector', `doctor=${namespace}`]));

  test('no Gateway, no class, no listener that takes it: each with what mends it, until all is right', async () => {
    expect(await examined()).toMatchObject({
      level: 'fail',
      message: `HTTPRoute/web leads users in by Gateway ${namespace}/shared, which does not exist`,
      mend: expect.stringContaining('kubectl get gateways'),
    });
    const labelled = { labels: { doctor: namespace } };
    const listener = { name: 'web', protocol: 'HTTP', port: 80, hostname: 'other.invalid' };
    const shared = (more: object) =>
      apply({
        apiVersion,
        kind: 'Gateway',
        metadata: { name: 'shared', ...labelled },
        spec: { gatewayClassName: className, listeners: [{ ...listener, ...more }] },
      });
    await shared({});
    expect(await examined()).toMatchObject({
      level: 'fail',
      message: expect.stringContaining(`the GatewayClass ${className}, which does not exist`),
    });
    await apply({
      apiVersion,
      kind: 'GatewayClass',
      metadata: { name: className, ...labelled },
      spec: { controllerName: 'example.com/edge' },
    });
    expect(await examined()).toMatchObject({ level: 'fail', message: expect.stringContaining('(NoMatchingListenerHostname)') });
    await shared({ hostname: '*.invalid' });
    expect((await doctor({ chart })).filter(({ check }) => check === 'Gateway')).toEqual([
      { check: 'Gateway', level: 'ok', message: 'a Gateway takes HTTPRoute/web' },
    ]);
  });
});

describe('faults that are there before a first deploy', () => {
  const account = () => `${namespace}/deployer`;
  let findings: CheckedFinding[] = [];
  beforeAll(async () => {
    const chart = chartOf('faulty', [
      web({ imagePullSecrets: [{ name: 'pull' }] }),
      service,
      store('fast'),
      ingress(
        { ingressClassName: 'nginx', tls: [{ secretName: 'shop-tls', hosts: ['shop.invalid'] }] },
        { 'cert-manager.io/cluster-issuer': 'letsencrypt' },
      ),
    ]);
    findings = await doctor({ chart, 'service-account': account() });
  });

  test('all of them are told at once', () => {
    expect(failed(findings)).toEqual(['rights', 'Ingress class', 'issuer', 'storage class', 'pull secret', 'capacity']);
    expect(of(findings, 'DNS').level).toBe('warn');
  });

  test.each([
    ['Ingress class', 'Ingress/web asks for the class "nginx", and there is none at all', 'helm install ingress-nginx'],
    [
      'issuer',
      'Ingress/web asks the ClusterIssuer "letsencrypt" for its certificate, and cert-manager is not installed',
      'helm install cert-manager',
    ],
    // Other tests may have made one meanwhile: classes are the cluster's.
    [
      'storage class',
      /^StatefulSet\/store asks for the storage class "fast", and there (is none at all|are: )/,
      /kubectl apply --filename https:\/\/|grows-/,
    ],
    [
      'pull secret',
      'the pods pull with the Secret pull, which is not in namespace',
      'create secret docker-registry pull --docker-server=registry.example',
    ],
    ['DNS', 'shop.invalid does not resolve', 'create the record: shop.invalid. A'],
    ['capacity', 'requests.cpu: 1 allowed, 0 used, 2 more needed', 'describe resourcequota'],
  ])('%s', (check, message, mend) => {
    expect(of(findings, check).message).toEqual(
      typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
    );
    expect(of(findings, check).mend).toEqual(typeof mend === 'string' ? expect.stringContaining(mend) : expect.stringMatching(mend));
  });

  test('rights: every verb that is missing, and the command that gives them', async () => {
    const { message, mend = '' } = of(findings, 'rights');
    expect(message).toContain(
      `system:serviceaccount:${namespace}:deployer may not, in namespace ${namespace}: create leases (coordination.k8s.io); get, list, watch, update leases`,
    );
    const [, manifests = ''] = /^kubectl apply --filename - <<'EOF'\n(.*)EOF$/s.exec(mend) ?? [];
    await kubectl(['apply', '--filename=-'], manifests);
    const chart = join(folder, 'faulty');
    expect(of(await doctor({ chart, 'service-account': account() }), 'rights').level).toBe('ok');
    // One verb less is named alone.
    const role = JSON.parse(await kubectl(['get', 'role', 'todo-deploy-shop', '--output=json']));
    const rules = role.rules.map((rule: { resources: string[]; verbs: string[] }) =>
      rule.resources.includes('pods/log') ? { ...rule, verbs: ['list'] } : rule,
    );
    await apply({ ...role, rules, metadata: { name: role.metadata.name } });
    expect(of(await doctor({ chart, 'service-account': account() }), 'rights').message).toMatch(/in namespace \S+: get pods\/log$/);
  });

  test('the action status tells them where it is asked to, after what it knows of the app, and is red', async () => {
    const summary = join(folder, 'status-summary');
    writeFileSync(summary, '');
    const outputs = new Map<string, string>();
    const context: ActionContext = {
      ...contextOf('status', { chart: join(folder, 'faulty'), doctor: 'true' }, { GITHUB_STEP_SUMMARY: summary }),
      setOutput: (name, value) => void outputs.set(name, value),
    };
    await expect(runStatus(context, readStatusInputs(context))).rejects.toMatchObject({
      reason: 'unprepared',
      message: expect.stringContaining('"shop" is not ready for a deploy: Ingress class, issuer, storage class, pull secret, capacity'),
    });
    await context.summary.write();
    expect(Object.fromEntries(outputs)).toMatchObject({ state: 'not-deployed', doctor: 'fail' });
    const told = readFileSync(summary, 'utf8');
    expect(told.indexOf('shop: not deployed')).toBeGreaterThanOrEqual(0);
    expect(told.indexOf('storage class')).toBeGreaterThan(told.indexOf('shop: not deployed'));
  });

  test('a namespace that nobody has made, and the account may not make', async () => {
    const found = of(await doctor({ namespace: 'doctor-nowhere', 'service-account': account() }), 'namespace');
    expect(found).toMatchObject({ level: 'fail', mend: 'kubectl create namespace doctor-nowhere' });
  });

  test('a chart that does not render', async () => {
    const found = await doctor({ chart: chartOf('broken', '{{ required "host is needed" .Values.host }}') });
    expect(failed(found)).toContain('chart');
    expect(of(found, 'chart').message).toContain('host is needed');
    expect(of(found, 'rights').level).toBe('ok');
  });

  test('a cluster that does not answer: what needs none is asked all the same', async () => {
    const away = join(folder, 'away.kubeconfig');
    await kubectl(['config', 'view', '--raw', '--flatten']).then((text) =>
      writeFileSync(away, text.replace(/server: .*/g, 'server: https://127.0.0.1:9')),
    );
    const chart = chartOf('small', [web(), service, ingress({})]);
    const found = await doctor({ chart, kubeconfig: away });
    expect(failed(found)).toEqual(['cluster']);
    expect(of(found, 'cluster').message).toContain('https://127.0.0.1:9 cannot be reached');
    expect(of(found, 'rights')).toMatchObject({ level: 'unknown', message: 'not asked, since the cluster cannot be reached' });
    // The chart renders without it.
    expect(of(found, 'DNS').message).toBe('shop.invalid does not resolve');
  });

  test('a registry that does not answer', async () => {
    const found = of(await doctor({ registry: '127.0.0.1:9/shop' }), 'registry');
    expect(found).toMatchObject({ level: 'fail', mend: 'curl --head https://127.0.0.1:9/v2/' });
    expect(found.message).toContain('127.0.0.1:9 cannot be reached');
  });
});

test('where everything is there, everything is right', async () => {
  const name = namespace;
  const cluster = { metadata: { name, labels: { doctor: namespace } } };
  await apply({ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', ...cluster, spec: { controller: 'example.com/none' } });
  await apply({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', ...cluster, provisioner: 'example.com/none' });
  await kubectl([
    'create',
    'secret',
    'docker-registry',
    'pull',
    '--docker-server=registry.example',
    '--docker-username=a',
    '--docker-password=b',
  ]);
  await kubectl(['create', 'secret', 'generic', 'shop-tls', '--from-literal=tls.crt=a']);
  await kubectl(['delete', 'resourcequota', 'team']);
  const chart = chartOf('healthy', [
    web({ imagePullSecrets: [{ name: 'pull' }] }),
    service,
    store(name),
    ingress({ ingressClassName: name, rules: [{ host: 'localhost' }], tls: [{ secretName: 'shop-tls' }] }),
  ]);
  const found = await doctor({ chart });
  expect(found.filter(({ level }) => level === 'fail')).toEqual([]);
  expect(found.find(({ check }) => check === 'chart')?.message).toBe(
    'two colors: Deployment/web; shared: StatefulSet/store; switched: Service/web',
  );
  for (const check of ['rights', 'Ingress class', 'issuer', 'storage class', 'pull secret', 'namespace'])
    expect(of(found, check)).toMatchObject({ level: 'ok' });
});

import fc from 'fast-check';
import type { HelmHook } from '../../../src/interfaces/helm.ts';
import type { SplitInput } from '../../../src/split/model.ts';
import { hook, input } from './helpers.ts';

/** Small pools, so that things meet: names that look like colors included. */
const NAMES = ['a', 'b', 'c', 'a-b', 'a-blue', 'b-green', 'todo-services'];
const name = fc.constantFrom(...NAMES);
const labels = fc
  .record({ app: fc.constantFrom('a', 'b', 'c') }, { requiredKeys: ['app'] })
  .chain((one) =>
    fc.record(
      { app: fc.constant(one.app), part: fc.constantFrom('x', 'y'), tier: fc.constantFrom('front', 'back') },
      { requiredKeys: ['app'] },
    ),
  );
const selector = fc.record({ app: fc.constantFrom('a', 'b', 'c'), part: fc.constantFrom('x', 'y') }, { requiredKeys: [] });
const labelSelector = fc.oneof(
  fc.record({ matchLabels: selector }, { requiredKeys: [] }),
  fc.record({
    matchExpressions: fc.array(
      fc.record({
        key: fc.constantFrom('app', 'part'),
        operator: fc.constantFrom('In', 'NotIn'),
        values: fc.subarray(['a', 'b', 'x'], { minLength: 1 }),
      }),
      { maxLength: 2 },
    ),
  }),
);
const port = fc.record({ name: fc.constantFrom('http', 'grpc'), containerPort: fc.constantFrom(80, 8000) });
const environment = fc.oneof(
  fc.record({ name: fc.constantFrom('A', 'B'), value: name }),
  name.map((one) => ({ name: 'C', valueFrom: { configMapKeyRef: { name: one, key: 'k' } } })),
  name.map((one) => ({ name: 'S', valueFrom: { secretKeyRef: { name: one, key: 'k' } } })),
);
const environmentSource = fc.oneof(
  name.map((one) => ({ configMapRef: { name: one } })),
  name.map((one) => ({ secretRef: { name: one } })),
);
const volume = fc.oneof(
  name.map((one) => ({ name: 'v', configMap: { name: one } })),
  name.map((one) => ({ name: 'v', secret: { secretName: one } })),
  {
    weight: 3,
    arbitrary: fc
      .tuple(name, name)
      .map(([one, other]) => ({ name: 'v', projected: { sources: [{ configMap: { name: one } }, { secret: { name: other } }] } })),
  },
  fc.constant({ name: 'v', emptyDir: {} }),
);
const term = labelSelector.map((one) => ({ topologyKey: 'kubernetes.io/hostname', labelSelector: one }));
const container = fc.record(
  {
    name: fc.constant('app'),
    image: fc.constantFrom('nginx:1', 'acme/web:1'),
    args: fc.array(name, { maxLength: 2 }),
    ports: fc.uniqueArray(port, { maxLength: 2, selector: (one) => one.name }),
    env: fc.uniqueArray(environment, { maxLength: 3, selector: (one) => one.name }),
    envFrom: fc.array(environmentSource, { maxLength: 2 }),
  },
  { requiredKeys: ['name', 'image'] },
);
const podSpec = fc.record(
  {
    containers: container.map((one) => [one]),
    initContainers: container.map((one) => [{ ...one, name: 'init' }]),
    volumes: volume.map((one) => [one]),
    imagePullSecrets: name.map((one) => [{ name: one }]),
    serviceAccountName: name,
    enableServiceLinks: fc.boolean(),
    hostAliases: fc.constantFrom([{ ip: '1.2.3.4', hostnames: ['a', 'elsewhere'] }]),
    affinity: fc.record(
      {
        podAntiAffinity: term.map((one) => ({ requiredDuringSchedulingIgnoredDuringExecution: [one] })),
        podAffinity: term.map((one) => ({ preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: one }] })),
      },
      { requiredKeys: [] },
    ),
    topologySpreadConstraints: term.map((one) => [{ maxSkew: 1, ...one }]),
  },
  { requiredKeys: ['containers'] },
);
const templateWith = (labels: fc.Arbitrary<Record<string, string>>) =>
  fc.record({ metadata: fc.record({ labels, annotations: fc.constant({ note: 'x' }) }, { requiredKeys: ['labels'] }), spec: podSpec });
const template = templateWith(labels);
/** Pods that only few selectors meet: or nearly every Service would select shared pods, too, and be refused. */
const sharedTemplate = templateWith(fc.oneof({ weight: 4, arbitrary: fc.constant<Record<string, string>>({ app: 'db' }) }, labels));
const annotations = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom<Record<string, string>>(
      { note: 'x' },
      { 'todo-deploy.dev/when': 'always' },
      { 'helm.sh/resource-policy': 'keep' },
    ),
  },
  fc.constant<Record<string, string>>({ 'todo-deploy.dev/part': 'base' }),
);
const metadata = fc.record({ name, labels: fc.constant({ team: 'a' }), annotations }, { requiredKeys: ['name'] });
/** Some of the chart's objects are not where the app is. */
const metadataAnywhere = fc
  .tuple(metadata, fc.constantFrom(undefined, undefined, undefined, 'todo', 'other'))
  .map(([one, namespace]) => (namespace === undefined ? one : { ...one, namespace }));
const kind = (apiVersion: string, kind: string, spec: fc.Arbitrary<object>, anywhere = true) =>
  fc.record({ apiVersion: fc.constant(apiVersion), kind: fc.constant(kind), metadata: anywhere ? metadataAnywhere : metadata, spec });
const workload = (extra: object, pods: typeof template = template) =>
  pods.map((pods) => ({ ...extra, selector: { matchLabels: pods.metadata.labels }, template: pods }));

const deployment = kind(
  'apps/v1',
  'Deployment',
  fc.option(fc.nat(3)).chain((replicas) => workload(replicas === null ? {} : { replicas })),
  false,
);
const object: fc.Arbitrary<{ kind: string; metadata: { name: string } }> = fc.oneof(
  { weight: 4, arbitrary: deployment },
  kind('apps/v1', 'StatefulSet', workload({ serviceName: 'a' }, sharedTemplate)),
  kind('apps/v1', 'DaemonSet', workload({}, sharedTemplate)),
  kind(
    'batch/v1',
    'Job',
    template.map((pods) => ({ template: pods })),
  ),
  kind(
    'batch/v1',
    'CronJob',
    template.map((pods) => ({ schedule: '@daily', jobTemplate: { spec: { template: pods } } })),
    false,
  ),
  {
    weight: 4,
    arbitrary: kind(
      'v1',
      'Service',
      fc.record(
        {
          type: fc.constantFrom('ClusterIP', 'NodePort'),
          selector,
          ports: fc.uniqueArray(
            fc.record({
              name: fc.constantFrom('one', 'two'),
              port: fc.constantFrom(80, 81),
              targetPort: fc.constantFrom('http', 'grpc', 8000),
            }),
            { minLength: 1, maxLength: 2, selector: (one) => one.name },
          ),
          clusterIP: fc.constantFrom('10.96.9.9', '10.96.9.8', 'None'),
        },
        { requiredKeys: ['selector', 'ports'] },
      ),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      apiVersion: fc.constant('v1'),
      kind: fc.constantFrom('ConfigMap', 'Secret'),
      metadata: metadataAnywhere,
      data: fc.dictionary(fc.constantFrom('k', 'A_SERVICE_HOST'), fc.constantFrom('', 'a', '{{ b }}'), { minKeys: 0, maxKeys: 2 }),
    }),
  },
  kind(
    'policy/v1',
    'PodDisruptionBudget',
    labelSelector.map((one) => ({ minAvailable: 1, selector: one })),
  ),
  kind(
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    name.map((one) => ({ scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: one }, minReplicas: 2, maxReplicas: 4 })),
  ),
  kind(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    labelSelector.map((one) => ({ podSelector: one })),
  ),
  kind(
    'networking.k8s.io/v1',
    'Ingress',
    name.map((one) => ({ rules: [{ host: `${one}.example.com`, http: { paths: [] } }] })),
  ),
  fc.record({ apiVersion: fc.constant('v1'), kind: fc.constant('ServiceAccount'), metadata }),
);

const EVENTS = ['pre-install', 'pre-upgrade', 'post-install', 'post-upgrade', 'test', 'pre-rollback', 'post-rollback', 'pre-delete'];
const hooks: fc.Arbitrary<HelmHook[]> = fc.uniqueArray(
  fc
    .tuple(
      fc.oneof(
        kind(
          'batch/v1',
          'Job',
          template.map((pods) => ({ template: pods })),
        ),
        kind('v1', 'Pod', podSpec),
        fc.record({ apiVersion: fc.constant('v1'), kind: fc.constant('ConfigMap'), metadata, data: fc.constant({ k: 'v' }) }),
      ),
      fc.subarray(EVENTS, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: -2, max: 2 }),
    )
    .map(([one, events, weight]) =>
      hook({ ...one, metadata: { ...one.metadata, name: `hook-${one.metadata.name}` } }, events.join(','), { weight }),
    ),
  { maxLength: 4, selector: (one) => `${one.kind}/${one.name}` },
);

/** A Deployment and the Service of its name, as most charts have them, so that every chart has something to switch. */
const pair = fc
  .record({ object: deployment, port: fc.constantFrom('http', 8000), extra: labels, budget: fc.boolean() })
  .map(({ object, port, extra, budget }) => {
    const { name } = object.metadata;
    const chosen = { ...extra, app: name };
    const spec = object.spec as { template: { metadata: { labels: object } }; selector: object };
    const pods = { ...spec.template, metadata: { ...spec.template.metadata, labels: chosen } };
    const selected = { ...object, spec: { ...spec, selector: { matchLabels: chosen }, template: pods } };
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector: { app: name }, ports: [{ name: 'one', port: 80, targetPort: port }] },
    };
    const pdb = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name },
      spec: { selector: { matchLabels: { app: name } } },
    };
    return [selected, service, ...(budget ? [pdb] : [])];
  });

/** Any chart: objects are unique by kind and name, as in a cluster; whatever else a person may write. */
export const chart: fc.Arbitrary<SplitInput> = fc
  .record({
    pairs: fc.array(pair, { minLength: 1, maxLength: 3 }),
    others: fc.array(object, { maxLength: 10 }),
    hooks,
    stack: fc.constantFrom<'own' | 'active'>('own', 'own', 'active'),
    firstDeploy: fc.boolean(),
  })
  .map(({ pairs, others, ...rest }) => {
    const all = [...pairs.flat(), ...others] as { kind: string; metadata: { name: string; namespace?: string } }[];
    return input([...new Map(all.map((one) => [`${one.kind}/${one.metadata.name}`, one])).values()], rest);
  });

/** Addresses for every Service that a generated chart can have. */
export const addresses = (third: number): Record<string, string> =>
  Object.fromEntries(NAMES.map((one, index) => [one, `10.96.${third}.${index + 1}`]));

import { describe, expect, test } from '@jest/globals';
import { config, cronJob, deployment, find, hpa, service, split, statefulSet, texts, titles } from '../helpers.ts';

const claim = (modes: string[], name = 'data') => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: { accessModes: modes },
});
const volume = { spec: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] } };
const part = (value: string) => ({ metadata: { annotations: { 'todo-deploy.dev/part': value } } });
const both = { app: 'web', part: 'todo' };

/** Charts with one Deployment, `web`, that cannot have two colors, and why. */
const CANNOT: [string, object[], RegExp][] = [
  ['a host port', [deployment('web', { container: { ports: [{ containerPort: 80, hostPort: 8080 }] } })], /takes the node's ports 8080/],
  ['ports on the host network', [deployment('web', { spec: { hostNetwork: true } })], /takes the node's ports 8000/],
  ['a claim of one node', [deployment('web', volume), claim(['ReadWriteOnce'])], /mounts the claim data, which only one node/],
  ['a claim of one pod', [deployment('web', volume), claim(['ReadWriteOncePod'])], /mounts the claim data/],
  [
    'another namespace',
    [deployment('web', {}, { metadata: { namespace: 'other' } })],
    /is in the namespace other, the app is deployed into todo/,
  ],
  [
    'a database image',
    [deployment('web', { image: 'docker.io/bitnami/postgresql:16' })],
    /looks like a store \(docker.io\/bitnami\/postgresql:16\)/,
  ],
  ['a headless Service', [deployment('web'), service('web', { clusterIP: 'None' })], /Service\/web.* is headless/],
  [
    'a Service that publishes early',
    [deployment('web'), service('web', { publishNotReadyAddresses: true })],
    /Service\/web.* publishes addresses that are not ready/,
  ],
  [
    'a Service over shared pods, too',
    [
      deployment('web', { labels: both }),
      statefulSet('db', { labels: { ...both, app: 'db' } }),
      service('all', { selector: { part: 'todo' } }),
    ],
    /Service\/all.* selects both pods of a version \(Deployment\/web\) and shared ones \(StatefulSet\/db\)/,
  ],
];

describe('what cannot have two colors', () => {
  test.each(CANNOT)('is updated in place, with the reason: %s', (_name, objects, why) => {
    const result = split(objects);
    expect(result.refusals).toEqual([]);
    expect(texts(result.inPlace)).toEqual([expect.stringMatching(new RegExp(`^Deployment/web: ${why.source}`))]);
    expect(result.inPlace[0]?.hint).toBeTruthy();
    expect(result.colorless).toBe(true);
    expect(titles(result.baseObjects)).toEqual(titles(objects as never));
    expect(find(result.baseObjects, 'Deployment/web')).toEqual(objects[0]);
    expect(result.colorObjects).toEqual([]);
    expect(result.services).toEqual([]);
  });

  test.each(CANNOT)('is refused where the strategy is blue-green, with what to change: %s', (_name, objects, why) => {
    const { refusals, inPlace } = split(objects, { strategy: 'blue-green' });
    expect(inPlace).toEqual([]);
    expect(texts(refusals)).toContainEqual(expect.stringMatching(why));
    for (const { hint } of refusals) expect(hint).toMatch(/set strategy: auto/);
  });

  test('is refused where the chart says color, unless it only looks like one that cannot', () => {
    const said = (extra: object) => deployment('web', extra, part('color'));
    const { refusals } = split([said(volume), claim(['ReadWriteOnce'])]);
    expect(texts(refusals)).toEqual([expect.stringMatching(/^Deployment\/web: mounts the claim data/)]);
    expect(refusals[0]?.hint).toMatch(/remove the annotation todo-deploy.dev\/part/);
    const store = split([said({ image: 'redis:8' })]);
    expect([store.refusals, store.inPlace, titles(store.colorObjects)]).toEqual([[], [], ['Deployment/web-blue']]);
  });

  test.each<[string, object[]]>([
    ['a claim of many nodes', [deployment('web', volume), claim(['ReadWriteMany'])]],
    ['a client of a database', [deployment('web', { image: 'acme/postgres-exporter:1' })]],
    [
      'a store beside the main container',
      [
        deployment('web', {
          spec: {
            containers: [
              { name: 'app', image: 'acme/web' },
              { name: 'cache', image: 'redis:8' },
            ],
          },
        }),
      ],
    ],
    ['a headless Service of the database', [deployment('web'), statefulSet('db'), service('db', { clusterIP: 'None' })]],
    ['a headless Service that is to be as rendered', [deployment('web'), service('web', { clusterIP: 'None' }, part('base').metadata)]],
  ])('is not: %s', (_name, objects) => {
    const { refusals, inPlace, colorless } = split(objects);
    expect([refusals, inPlace, colorless]).toEqual([[], [], false]);
  });
});

describe('the rest of its chart', () => {
  test('keeps its two colors; what belongs to what is in place goes with it', () => {
    const result = split([
      deployment('web', { container: { envFrom: [{ configMapRef: { name: 'web' } }] } }),
      service('web'),
      config('web'),
      deployment('notes', { ...volume, container: { envFrom: [{ configMapRef: { name: 'notes' } }] } }),
      hpa('notes', 'notes'),
      service('notes'),
      config('notes'),
      claim(['ReadWriteOnce']),
    ]);
    expect(titles(result.colorObjects)).toEqual(['ConfigMap/web-blue', 'Deployment/web-blue']);
    expect(titles(result.baseObjects)).toEqual([
      'Service/web',
      'ConfigMap/web',
      'Deployment/notes',
      'HorizontalPodAutoscaler/notes',
      'Service/notes',
      'ConfigMap/notes',
      'PersistentVolumeClaim/data',
    ]);
    expect(result.shared).toEqual([{ kind: 'Deployment', name: 'notes' }]);
    expect(result.services.map(({ name }) => name)).toEqual(['web']);
    expect(result.colorless).toBe(false);
  });

  test('what shares a Service with it is updated in place as well, and so on', () => {
    const label = (app: string, ...more: string[]) => ({ app, ...Object.fromEntries(more.map((one) => [one, 'yes'])) });
    const result = split([
      deployment('notes', { ...volume, labels: label('notes', 'one') }),
      deployment('web', { labels: label('web', 'one', 'two') }),
      deployment('api', { labels: label('api', 'two') }),
      deployment('other'),
      service('one', { selector: { one: 'yes' } }),
      service('two', { selector: { two: 'yes' } }),
      claim(['ReadWriteOnce']),
    ]);
    expect(texts(result.inPlace)).toEqual([
      expect.stringMatching(/^Deployment\/notes: mounts the claim/),
      'Deployment/web: Service/one, which leads to its pods, selects both pods of a version (Deployment/web) and shared ones (Deployment/notes)',
      'Deployment/api: Service/two, which leads to its pods, selects both pods of a version (Deployment/api) and shared ones (Deployment/web)',
    ]);
    expect(titles(result.colorObjects)).toEqual(['Deployment/other-blue']);
  });

  test('a CronJob with such a claim runs from the base, as it is scheduled', () => {
    const job = cronJob('nightly', volume);
    const result = split([deployment('web'), job, claim(['ReadWriteOnce'])]);
    expect(find(result.baseObjects, 'CronJob/nightly')).toEqual(job);
    expect(result.workloads.map(({ name }) => name)).toEqual(['web']);
  });
});

describe('an app with nothing to switch', () => {
  test.each<[string, object[]]>([
    ['a store alone', [statefulSet('db'), config('x')]],
    ['shared ones alone', [deployment('web', {}, part('base'))]],
    ['no pods at all', [config('x')]],
  ])('is deployed in place whole: %s', (_name, objects) => {
    const result = split(objects);
    expect([result.refusals, result.colorless, result.colorObjects]).toEqual([[], true, []]);
    const { refusals } = split(objects, { strategy: 'blue-green' });
    expect(texts(refusals)).toEqual([expect.stringMatching(/^: The chart has no Deployment and no CronJob of its own/)]);
    expect(refusals[0]?.hint).toMatch(/strategy: auto/);
  });

  test('its versions are told apart by what is deployed, not by their name', () => {
    const hashOf = (image: string, version: string) => split([statefulSet('db', { image })], { version }).partHash;
    expect(hashOf('postgres:16', 'v1')).toBe(hashOf('postgres:16', 'v2'));
    expect(hashOf('postgres:16', 'v1')).not.toBe(hashOf('postgres:17', 'v1'));
  });

  test('one in another namespace is not waited for', () => {
    expect(split([statefulSet('db', {}, { metadata: { namespace: 'other' } })]).shared).toEqual([]);
  });
});

describe('an update in place that cannot end, or begin, is pointed out', () => {
  const rolling = (strategy: object | undefined) =>
    texts(split([deployment('web', volume, strategy ? { spec: { strategy } } : {}), claim(['ReadWriteOnce'])]).warnings);
  const WAITS = [expect.stringMatching(/^Deployment\/web: is updated in place by a rolling update, whose new pod may wait/)];
  test.each<[string, object | undefined, unknown[]]>([
    ['no strategy', undefined, WAITS],
    ['RollingUpdate', { type: 'RollingUpdate' }, WAITS],
    ['the old pod first', { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } }, []],
    ['Recreate', { type: 'Recreate' }, []],
  ])('%s', (_name, strategy, expected) => expect(rolling(strategy)).toEqual(expected));

  test('OnDelete', () => {
    const { warnings } = split([statefulSet('db', {}, { spec: { updateStrategy: { type: 'OnDelete' } } })]);
    expect(texts(warnings)).toEqual([expect.stringMatching(/^StatefulSet\/db: has updateStrategy: OnDelete/)]);
  });
});

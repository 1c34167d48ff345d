import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type ClusterEnvironment, clusterEnvironment } from '../../demo/environment.ts';
import { NodeProcessRunner } from '../../src/tools/process.ts';
import { errorsOf, expectGreen, PairApp } from './deploy-support.ts';

jest.setTimeout(240_000);

let cluster: ClusterEnvironment;
let app: PairApp;

beforeAll(async () => {
  cluster = clusterEnvironment();
  app = await PairApp.create('in-place-test', cluster, ['v1', 'v2'], new NodeProcessRunner({ env: process.env }));
});
afterAll(() => {
  app.kubectl('delete', 'namespace', app.namespace, '--wait=false');
});

/** Two pods, one after the other, and a volume that one node may use. */
const CHARTS = {
  store: { kind: 'StatefulSet', replicas: 2 },
  notes: {
    claim: 'notes-data',
    base: [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'notes-data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
      },
    ],
  },
} as const;

describe.each(['store', 'notes'] as const)('%s, which cannot have two colors', (release) => {
  const workload = release === 'store' ? 'StatefulSet/store-web' : 'Deployment/notes-web';
  const deploy = (version: string, env: object = {}, inputs: Record<string, string> = {}) =>
    app.deploySmall(
      release,
      version,
      { ...CHARTS[release], env },
      { smoke: `- {service: ${release}-web, path: /}`, 'allow-older': 'true', ...inputs },
    );
  /** Of the pods that are there: the digest that each runs, and whether it is ready. */
  const pods = (): [string, boolean][] =>
    app
      .get('pods', `--selector=app.kubernetes.io/instance=${release}`)
      .items.filter(({ metadata }: { metadata: { deletionTimestamp?: string } }) => !metadata.deletionTimestamp)
      .map((pod: { spec: { containers: { image: string }[] }; status: { containerStatuses: { ready: boolean }[] } }) => [
        pod.spec.containers[0]?.image ?? '',
        pod.status.containerStatuses[0]?.ready === true,
      ]);
  let first: [string, boolean][];

  test('a good version', async () => {
    const result = expectGreen(await deploy('v1'));
    expect(result.outputs).toMatchObject({ status: 'deployed', version: 'v1', 'active-color': '' });
    expect(result.summary).toContain('in place');
    first = pods();
    expect(first.every(([image, ready]) => ready && image.startsWith(app.image))).toBe(true);
    expect(first).toHaveLength(release === 'store' ? 2 : 1);
  });

  interface Bad {
    what: string;
    reason: string;
    message: RegExp;
    env?: object;
    inputs?: () => Record<string, string>;
  }
  const gone = () => ({ images: '', values: app.values('gone', CHARTS[release]) });
  const bad: Bad[] = [
    { what: 'an image that does not exist', reason: 'image-not-found', message: /The image \S+:gone does not exist/, inputs: gone },
    {
      what: 'a crash',
      reason: 'crash-loop',
      message: new RegExp(`Container "web" of ${workload} crashes right after it starts`),
      env: { CRASH_AFTER_MS: '1' },
    },
    {
      what: 'a failed check',
      reason: 'smoke-failed',
      message: /Check "GET \S+-web\/" failed after the update in place: .*got 500/,
      env: { FAIL_PATHS: '/' },
    },
  ];
  test.each(bad)('$what: back by itself, the cause named', async ({ reason, message, env, inputs }) => {
    const result = await deploy('v2', env, inputs?.());
    expect(result.outputs).toMatchObject({ status: 'rolled-back', 'failure-reason': reason, 'rolled-back': 'true', version: 'v1' });
    expect(errorsOf(result)[0]).toMatch(message);
    expect(result.summary).toMatch(/it was updated in place, and was ready again [\d.]+ s after its failure was certain/);
    expect(pods()).toEqual(first);
  });

  test('the next version, and back by hand', async () => {
    expect(expectGreen(await deploy('v2')).outputs).toMatchObject({ version: 'v2', 'previous-version': 'v1' });
    expect(pods()).not.toEqual(first);
    const back = expectGreen(await app.rollback('previous', { release }));
    expect(back.outputs).toMatchObject({ status: 'deployed', version: 'v1', 'active-color': '' });
    expect(back.log.join('\n')).toContain('version v1 serves in place, rolled back from v2');
    expect(pods()).toEqual(first);
  });
});

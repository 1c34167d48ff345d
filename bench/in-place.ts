import { join } from 'node:path';
import { ROOT } from '../demo/environment.ts';
import { PULL_SECRET } from '../demo/namespace.ts';
import { deployOurs, helmUpgrade } from './deployers.ts';
import { type Row, ratio, seconds } from './scenarios.ts';
import { type Bench, START_DELAY_MS } from './setup.ts';

const CHART = join(ROOT, 'test/charts/small');
const HELM_FLAGS = ['--rollback-on-failure', '--timeout', '60s'];

/** An app that cannot have two colors, and so is updated in place by either side. */
interface App {
  release: string;
  what: string;
  workload: string;
  replicas: number;
  values: object;
}

const APPS: readonly App[] = [
  { release: 'store', what: 'StatefulSet', workload: 'statefulset/store-web', replicas: 2, values: { kind: 'StatefulSet', replicas: 2 } },
  {
    release: 'notes',
    what: 'claim of one node',
    workload: 'deployment/notes-web',
    replicas: 1,
    values: {
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
  },
];

interface Change {
  what: string;
  tag?: string;
  env?: Readonly<Record<string, string>>;
}

const CHANGES: readonly Change[] = [
  { what: 'a good release', env: { VERSION: 'v2' } },
  { what: 'an image that does not exist', tag: 'does-not-exist' },
  { what: 'a crash', env: { CRASH_AFTER_MS: '1' } },
  { what: 'a failing check', env: { FAIL_PATHS: '/' } },
];

/** Both apps through each change: how long until the run ends, what it says, and how many good pods are ready then. */
export async function inPlace(bench: Bench, ours: string, helm: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const app of APPS) {
    const { release } = app;
    const mine = (change: Change) =>
      deployOurs(
        bench,
        ours,
        { name: change.what.replaceAll(' ', '-') },
        {
          chart: CHART,
          release,
          values: valuesOf(bench, app, change),
          url: '',
          smoke: `- {service: ${release}-web, path: /}`,
          'version-header': '',
        },
      );
    const theirs = (change: Change) =>
      helmUpgrade(bench, helm, { chart: CHART, release, values: valuesOf(bench, app, change) }, HELM_FLAGS);
    await mine({ what: 'v1' });
    await theirs({ what: 'v1' });
    for (const change of CHANGES) {
      const our = await mine(change);
      const ready = await readyPods(bench, ours, app);
      const their = await theirs(change);
      const after = await readyPods(bench, helm, app);
      const what = `in place, ${app.what}, ${change.what}`;
      rows.push(
        {
          what: `${what}: until the run ends`,
          ours: seconds(our.durationMs),
          helm: seconds(their.durationMs),
          ratio: ratio(their.durationMs, our.durationMs),
        },
        { what: `${what}: what it says`, ours: oursSaid(our), helm: helmSaid(their) },
        { what: `${what}: pods that are ready then`, ours: `${ready} of ${app.replicas}`, helm: `${after} of ${app.replicas}` },
      );
      // Helm leaves the broken pod, for which its controller waits.
      if (!their.ok) await deletePods(bench, helm, app);
    }
  }
  return rows;
}

function valuesOf({ image }: Bench, { values }: App, { tag = '1', env = {} }: Change): string {
  return JSON.stringify({
    ...values,
    image: { repository: image, tag },
    imagePullSecrets: [{ name: PULL_SECRET }],
    env: { START_DELAY_MS: String(START_DELAY_MS), ...env },
  });
}

const oursSaid = ({ run, report }: Awaited<ReturnType<typeof deployOurs>>): string =>
  run.exitCode === 0 ? 'green' : `red: ${report.message ?? ''}`;

const SAID = 160;
const helmSaid = ({ ok, stderr }: Awaited<ReturnType<typeof helmUpgrade>>): string =>
  ok ? 'green' : `red: ${(stderr.trim().split('\n').at(-1) ?? '').slice(0, SAID)}`;

const kubectl = ({ runner, cluster }: Bench, namespace: string, ...args: string[]) =>
  runner.run({ command: ['kubectl', '--namespace', namespace, ...args], env: cluster.env, timeoutMs: 60_000 });

async function readyPods(bench: Bench, namespace: string, { workload }: App): Promise<number> {
  return Number((await kubectl(bench, namespace, 'get', workload, '--output=jsonpath={.status.readyReplicas}')).stdout) || 0;
}

async function deletePods(bench: Bench, namespace: string, { release, workload }: App): Promise<void> {
  await kubectl(bench, namespace, 'delete', 'pods', `--selector=app.kubernetes.io/instance=${release}`, '--wait=true');
  await kubectl(bench, namespace, 'rollout', 'status', workload, '--timeout=50s');
}

import { join } from 'node:path';
import { ROOT } from '../demo/environment.ts';
import { PULL_SECRET } from '../demo/namespace.ts';
import { deployOurs, helmUpgrade } from './deployers.ts';
import { type Row, ratio, seconds } from './scenarios.ts';
import { type Bench, START_DELAY_MS } from './setup.ts';

const CHART = join(ROOT, 'test/charts/small');
const RELEASE = 'store';
const REPLICAS = 2;

/** The chart's values for an app of one StatefulSet, which is updated in place by either side. */
const valuesOf = ({ image }: Bench, tag: string, env: object = {}): string =>
  JSON.stringify({
    kind: 'StatefulSet',
    replicas: REPLICAS,
    image: { repository: image, tag },
    imagePullSecrets: [{ name: PULL_SECRET }],
    env: { START_DELAY_MS: String(START_DELAY_MS), ...env },
  });

/** A StatefulSet whose next image does not exist, or crashes: until the run ends, what it says, and how many pods are ready then. */
export async function inPlace(bench: Bench, ours: string, helm: string): Promise<Row[]> {
  const mine = (version: string, values: string) =>
    deployOurs(bench, ours, { name: version }, { chart: CHART, release: RELEASE, values, url: '', smoke: '', 'version-header': '' });
  const theirs = (values: string) =>
    helmUpgrade(bench, helm, { chart: CHART, release: RELEASE, values }, ['--rollback-on-failure', '--timeout', '60s']);
  await mine('v1', valuesOf(bench, '1'));
  await theirs(valuesOf(bench, '1'));
  const rows: Row[] = [];
  for (const [what, values] of [
    ['in place, an image that does not exist', valuesOf(bench, 'does-not-exist')],
    ['in place, a crash', valuesOf(bench, '1', { CRASH_AFTER_MS: '1' })],
  ] as const) {
    const our = await mine(what, values);
    const ready = await readyPods(bench, ours);
    const their = await theirs(values);
    const after = await readyPods(bench, helm);
    rows.push(
      {
        what: `${what}: until the run ends`,
        ours: seconds(our.durationMs),
        helm: `${seconds(their.durationMs)} (its --timeout was 60 s)`,
        ratio: ratio(their.durationMs, our.durationMs),
      },
      { what: `${what}: what it says`, ours: our.report.message ?? '', helm: (their.stderr.trim().split('\n').at(-1) ?? '').slice(0, 160) },
      { what: `${what}: pods of the version before that are ready then`, ours: `${ready} of ${REPLICAS}`, helm: `${after} of ${REPLICAS}` },
    );
    // Helm leaves the broken pod, for which its controller waits.
    await deletePods(bench, helm);
  }
  return rows;
}

const kubectl = ({ runner, cluster }: Bench, namespace: string, ...args: string[]) =>
  runner.run({ command: ['kubectl', '--namespace', namespace, ...args], env: cluster.env, timeoutMs: 60_000 });

async function readyPods(bench: Bench, namespace: string): Promise<number> {
  const path = '--output=jsonpath={.status.readyReplicas}';
  return Number((await kubectl(bench, namespace, 'get', 'statefulset', `${RELEASE}-web`, path)).stdout) || 0;
}

async function deletePods(bench: Bench, namespace: string): Promise<void> {
  await kubectl(bench, namespace, 'delete', 'pods', `--selector=app.kubernetes.io/instance=${RELEASE}`, '--wait=true');
  await kubectl(bench, namespace, 'rollout', 'status', 'statefulset', `${RELEASE}-web`, '--timeout=50s');
}

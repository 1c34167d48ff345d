import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClusterEnvironment, clusterEnvironment, clusterUp, ROOT } from '../demo/environment.ts';
import { RunningLoad } from '../demo/load/run.ts';
import { freshNamespace, PULL_SECRET } from '../demo/namespace.ts';
import { NodeProcessRunner } from '../src/tools/process.ts';

/** An app that starts in 4 s, the same for both sides of each comparison. */
export const START_DELAY_MS = 4_000;
export const VERSION_HEADER = 'x-app-version';
export const RATE = 250;
const SOURCE_COUNT = 32;

export interface Bench {
  cluster: ClusterEnvironment;
  runner: NodeProcessRunner;
  image: string;
  work: string;
}

export async function setUp(): Promise<Bench> {
  if (!clusterUp()) process.exit(1);
  const cluster = clusterEnvironment();
  const runner = new NodeProcessRunner({ env: process.env });
  const work = mkdtempSync(join(tmpdir(), 'todo-deploy-bench-'));
  mkdirSync(work, { recursive: true });
  const image = `${cluster.registry.host}/bench/pair`;
  console.log('Building the app');
  await runner.run({
    command: ['docker', 'buildx', 'build', '--push', '--provenance=false', '--tag', `${image}:1`, join(ROOT, 'test/apps/pair')],
    env: cluster.env,
    timeoutMs: 300_000,
  });
  return { cluster, runner, image, work };
}

/** A separate namespace for one side of a comparison; `cleanUp` deletes it. */
export async function namespace(bench: Bench, name: string): Promise<void> {
  await freshNamespace(name, bench.cluster, bench.runner);
}

export async function cleanUp(bench: Bench, names: readonly string[]): Promise<void> {
  await bench.runner.run({
    command: ['kubectl', 'delete', 'namespace', ...names, '--ignore-not-found', '--wait=false'],
    env: bench.cluster.env,
    timeoutMs: 60_000,
  });
}

/** Host name of a namespace's Ingress. */
export const hostOf = (name: string): string => `${name}.example.test`;

export interface Version {
  name: string;
  /** Environment that makes it misbehave, see test/apps/pair. */
  env?: Readonly<Record<string, string>>;
  tag?: string;
}

/** Values of the chart for one version, as a file. */
export function valuesFile(bench: Bench, namespaceName: string, version: Version): string {
  const env = { START_DELAY_MS: String(START_DELAY_MS), VERSION: version.name };
  const values = {
    image: { repository: bench.image, tag: version.tag ?? '1' },
    imagePullSecrets: [{ name: PULL_SECRET }],
    frontend: { replicas: 2, env: { ...env, ...version.env } },
    backend: { replicas: 2, env },
    autoscaling: { enabled: false },
    ingress: { className: bench.cluster.ingress.className, host: hostOf(namespaceName) },
  };
  const file = join(bench.work, `${namespaceName}-${version.name}.json`);
  writeFileSync(file, JSON.stringify(values));
  return file;
}

/** Traffic to a namespace's front door until it is stopped. */
export function startLoad(bench: Bench, namespaceName: string, name: string): RunningLoad {
  return new RunningLoad(
    {
      targets: bench.cluster.ingress.http,
      host: hostOf(namespaceName),
      paths: ['/'],
      sources: bench.cluster.loadSources.slice(0, SOURCE_COUNT),
      rate: RATE,
      maxSeconds: 600,
      maxRequests: 150_000,
      timeoutMs: 10_000,
      versionHeader: VERSION_HEADER,
    },
    join(bench.work, `${namespaceName}-${name}.json`),
  );
}

/** Waits until the load has seen responses from a version. */
export async function answersOf(load: RunningLoad, version: string, limitMs = 60_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while ((load.progress.versions[version] ?? 0) === 0) {
    if (Date.now() > deadline)
      throw new Error(`No answer of version ${version} within ${limitMs / 1000} s; seen: ${JSON.stringify(load.progress)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

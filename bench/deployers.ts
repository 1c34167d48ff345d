import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../demo/environment.ts';
import { PULL_SECRET } from '../demo/namespace.ts';
import { ProcessError } from '../src/interfaces/errors.ts';
import { type ActionCall, type ActionResult, runAction } from '../test/support/action.ts';
import { type Bench, hostOf, VERSION_HEADER, type Version, valuesFile } from './setup.ts';

const CHART = join(ROOT, 'test/charts/pair');

export interface DeployReport {
  steps: { name: string; startedAt: string; durationMs?: number; result: string }[];
  message?: string;
  switchMs?: number;
}

/** Our action: the committed bundle, as a runner starts it. */
export async function deployOurs(
  bench: Bench,
  namespace: string,
  version: Version,
  inputs: Readonly<Record<string, string>> = {},
  call: Partial<ActionCall> = {},
): Promise<{ run: ActionResult; report: DeployReport; durationMs: number }> {
  const started = Date.now();
  const run = await runAction({
    cwd: ROOT,
    ...call,
    action: 'actions/deploy',
    env: bench.cluster.env,
    inputs: {
      chart: CHART,
      release: 'pair',
      namespace,
      values: readFileSync(valuesFile(bench, namespace, version), 'utf8'),
      'image-pull-secrets': PULL_SECRET,
      'version-header': VERSION_HEADER,
      version: version.name,
      url: `http://${hostOf(namespace)}`,
      smoke: '- {path: /}',
      bake: '5s',
      drain: '5s',
      timeout: '2m',
      ...inputs,
    },
  });
  const file = run.outputs['report-file'];
  if (file === undefined) throw new Error(`The deploy of ${version.name} wrote no report:\n${run.log.join('\n')}`);
  return { run, report: JSON.parse(readFileSync(file, 'utf8')) as DeployReport, durationMs: Date.now() - started };
}

export interface HelmRun {
  ok: boolean;
  stderr: string;
  durationMs: number;
}

/** `helm upgrade --install --wait`, with more flags. */
export async function upgradeHelm(bench: Bench, namespace: string, version: Version, flags: readonly string[] = []): Promise<HelmRun> {
  return helm(bench, [
    'upgrade',
    '--install',
    'pair',
    CHART,
    '--namespace',
    namespace,
    '--values',
    valuesFile(bench, namespace, version),
    '--wait',
    ...flags,
  ]);
}

/** The same for any chart, with its values as text. */
export async function helmUpgrade(
  bench: Bench,
  namespace: string,
  { chart, release, values }: { chart: string; release: string; values: string },
  flags: readonly string[],
): Promise<HelmRun> {
  const file = join(bench.work, `${namespace}-${release}.json`);
  writeFileSync(file, values);
  return helm(bench, ['upgrade', '--install', release, chart, '--namespace', namespace, '--values', file, '--wait', ...flags]);
}

/** The same with another program and flags, as people install an app that is taken over later. */
export async function helmWith(
  bench: Bench,
  program: string,
  namespace: string,
  version: Version,
  flags: readonly string[],
): Promise<HelmRun> {
  const values = valuesFile(bench, namespace, version);
  const where = ['--namespace', namespace, '--values', values, '--wait', '--timeout', '2m'];
  return helm(bench, ['upgrade', '--install', 'pair', CHART, ...where, ...flags], program);
}

export async function rollbackHelm(bench: Bench, namespace: string): Promise<HelmRun> {
  return helm(bench, ['rollback', 'pair', '--namespace', namespace, '--wait']);
}

/** `kubectl rollout undo` of both Deployments, until it says that they are done. */
export async function undoRollout({ runner, cluster }: Bench, namespace: string): Promise<{ ok: boolean; said: string }> {
  const deployments = ['deployment/pair-frontend', 'deployment/pair-backend'];
  const kubectl = (...args: string[]) =>
    runner.run({ command: ['kubectl', '--namespace', namespace, 'rollout', ...args], env: cluster.env, timeoutMs: 120_000 });
  try {
    await kubectl('undo', ...deployments);
    for (const deployment of deployments) await kubectl('status', deployment, '--timeout=100s');
    return { ok: true, said: '' };
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    return { ok: false, said: error.stderr };
  }
}

async function helm({ runner, cluster }: Bench, args: readonly string[], program = 'helm'): Promise<HelmRun> {
  const started = Date.now();
  try {
    const { stderr } = await runner.run({ command: [program, ...args], env: cluster.env, timeoutMs: 300_000 });
    return { ok: true, stderr, durationMs: Date.now() - started };
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    return { ok: false, stderr: error.stderr, durationMs: Date.now() - started };
  }
}

/** The main job on the embedded cluster: five releases of the todo app by their workflow and a rollback, under traffic; a summary and a picture. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeProcessRunner } from '../src/tools/process.ts';
import { clusterEnvironment, clusterUp, type DemoCluster, ROOT } from './environment.ts';
import type { LoadResult } from './load/model.ts';
import { RunningLoad } from './load/run.ts';
import { demoNamespace } from './namespace.ts';
import { ownCluster } from './own-cluster.ts';
import { drawRequests } from './picture/requests/draw.ts';
import { type DemoData, pictureInput } from './picture/requests/input.ts';
import { DARK, LIGHT } from './picture/requests/theme.ts';
import { type Outcome, printReport } from './report.ts';
import { HOST, todoRepository } from './todo/app.ts';
import { FIRST, LATER, type Release } from './todo/releases.ts';
import { runWorkflow } from './workflow/act.ts';
import { clusterSecrets } from './workflow/credentials.ts';
import { productCopy } from './workflow/product.ts';
import { ROLLBACK_WORKFLOW, VERSION_HEADER, WORKFLOW } from './workflow/yaml.ts';

const WORKFLOW_LIMIT_MS = 15 * 60_000;
const CONTROL_REQUESTS = 2_500;
const MIN_REQUESTS = 50_000;
const RATE = 290;

const started = Date.now();
let runNumber = 1;
const say = (line: string) => console.log(`[${String(Math.round((Date.now() - started) / 1000)).padStart(4)} s] ${line}`);

const cluster = theCluster();
const runner = new NodeProcessRunner({ env: process.env });
const work = mkdtempSync(join(tmpdir(), 'todo-deploy-demo-'));
const report = join(ROOT, 'report');
mkdirSync(report, { recursive: true });

const namespace = await demoNamespace(cluster, runner);
say(`Namespace ${namespace}`);
const repository = await todoRepository(join(work, 'todo'), namespace, cluster, runner);
const product = productCopy(ROOT, join(work, 'product'));
const secrets = { ...(await clusterSecrets(cluster, runner)), DATABASE_PASSWORD: `demo-${crypto.randomUUID()}` };

const first = await release(FIRST);
if (first.problems.length > 0) await end([first], undefined, undefined);

say(`Control: ${CONTROL_REQUESTS} requests from ${cluster.loadSources.length} addresses, no deploy`);
const control = await load('control', CONTROL_REQUESTS).finished();
say(`Control: ${control.answered} answered, ${control.lost} lost`);

say(`Load through the Ingress, ${RATE} requests per second, from here on`);
const traffic = load('traffic', Number.MAX_SAFE_INTEGER);
const outcomes = [first];
for (const next of LATER) {
  outcomes.push(await release(next));
  // A bad release is reverted in the branch before the next one, as a team would.
  if (!next.expect.success) await repository.revert();
}
outcomes.push(await rollBack(first.version));
while (traffic.progress.sent < MIN_REQUESTS) await new Promise((resolve) => setTimeout(resolve, 500));
const result = await traffic.stop();
await end(outcomes, control, result);

async function release(next: Release): Promise<Outcome> {
  next.change(repository, cluster);
  const version = await repository.commit(next.title);
  say(`Release ${version.slice(0, 7)}: ${next.title}`);
  const done = await dispatch(next.title, WORKFLOW, 'push');
  const { summary, ...facts } = done;
  const { success, outputs } = facts;
  const problems = [
    ...unexpected(done, next.expect),
    ...(next.expect.switched && !outputs['switch-ms'] ? ['it failed before the switch'] : []),
    ...(next.expect.reason === undefined || next.expect.reason.test(summary)
      ? []
      : [`the summary does not name the cause (${next.expect.reason.source})`]),
  ];
  const verdict = problems.length > 0 ? ` — NOT AS EXPECTED: ${problems.join('; ')}` : '';
  say(`Release ${version.slice(0, 7)}: ${success ? 'green' : 'red'}, ${outputs.status ?? 'no status'}${verdict}`);
  return { ...facts, kind: 'release', title: next.title, version, problems };
}

/** Rolls back to the previous version, as somebody does at night without a checkout. */
async function rollBack(to: string): Promise<Outcome> {
  const title = 'a rollback by hand';
  say(`Rollback to the previous version: ${to.slice(0, 7)}`);
  const { summary: _, ...done } = await dispatch(title, ROLLBACK_WORKFLOW, 'workflow_dispatch', {
    inputs: { to: 'previous', reason: 'the demo' },
  });
  const problems = unexpected(done, { success: true, outputs: { status: 'deployed', version: to } });
  say(`Rollback: ${done.success ? 'green' : 'red'}, ${done.outputs.status ?? 'no status'}`);
  return { ...done, kind: 'rollback', title, version: to, problems };
}

type Facts = Pick<Outcome, 'at' | 'durationMs' | 'success' | 'outputs'>;

async function dispatch(
  title: string,
  workflow: string,
  event: 'push' | 'workflow_dispatch',
  payload = {},
): Promise<Facts & { summary: string }> {
  const at = Date.now();
  const { summary, success, durationMs, outputs } = await runWorkflow(
    {
      repository: repository.dir,
      workflow,
      event,
      payload,
      secrets,
      env: cluster.env,
      actions: { 'org/todo-deploy@v1': product },
      timeoutMs: WORKFLOW_LIMIT_MS,
      onLine: (line) => console.log(`    ${line}`),
    },
    runner,
  );
  writeFileSync(join(report, `${runNumber++}-${title.replaceAll(' ', '-')}.md`), summary);
  return { at, durationMs, success, summary, outputs: outputs.deploy ?? outputs.rollback ?? {} };
}

function unexpected({ success, outputs }: Facts, expect: Pick<Release['expect'], 'success' | 'outputs'>): string[] {
  const wrong = Object.entries(expect.outputs).filter(([name, value]) => outputs[name] !== value);
  return [
    ...(success === expect.success ? [] : [`the job is ${success ? 'green' : 'red'}`]),
    ...wrong.map(([name, value]) => `${name} is ${outputs[name] ?? 'missing'}, not ${value}`),
  ];
}

function load(name: string, maxRequests: number): RunningLoad {
  return new RunningLoad(
    {
      targets: cluster.ingress.http,
      host: HOST,
      paths: ['/health', '/api/todos', '/health', '/version', '/health', '/api/todos', '/health', '/health'],
      sources: cluster.loadSources,
      rate: RATE,
      maxSeconds: 3_600,
      maxRequests,
      timeoutMs: 10_000,
      versionHeader: VERSION_HEADER,
    },
    join(work, `${name}.json`),
  );
}

function theCluster(): DemoCluster {
  try {
    const own = ownCluster(process.argv.slice(2), process.env);
    if (own !== undefined) return own;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
  say('The embedded cluster: two nodes of Kubernetes on this machine');
  if (!clusterUp()) process.exit(1);
  const embedded = clusterEnvironment();
  return { ...embedded, registry: { ...embedded.registry, prefix: 'acme' } };
}

async function end(outcomes: Outcome[], control: LoadResult | undefined, traffic: LoadResult | undefined): Promise<never> {
  const seconds = (Date.now() - started) / 1000;
  if (traffic !== undefined) {
    const data: DemoData = { outcomes, control, traffic, rate: RATE, seconds, sources: cluster.loadSources.length };
    writeFileSync(join(report, 'demo.json'), JSON.stringify(data, undefined, 2));
    writeFileSync(join(report, 'demo.svg'), drawRequests(pictureInput(data), LIGHT));
    writeFileSync(join(report, 'demo-dark.svg'), drawRequests(pictureInput(data), DARK));
  }
  const good = printReport({
    outcomes,
    control,
    traffic,
    minRequests: MIN_REQUESTS,
    folder: report,
    seconds,
  });
  process.exit(good ? 0 : 1);
}

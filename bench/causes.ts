/**
 * How long after the cluster's first sign of a cause it is named, beside `helm upgrade --wait --rollback-on-failure`; prints a Markdown table.
 * `npm run bench -- causes [name …]`: by default those that are certain by a sign, and not by the time limit, and then good deploys that look
 * like failures for a while.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pMap from 'p-map';
import { clusterEnvironment, clusterUp, ROOT } from '../demo/environment.ts';
import { ProcessError } from '../src/interfaces/errors.ts';
import { systemClock } from '../src/runtime/clock.ts';
import { KubernetesClient } from '../src/tools/kubernetes/client.ts';
import { loadKubeconfig } from '../src/tools/kubernetes/load.ts';
import { NodeProcessRunner } from '../src/tools/process.ts';
import { CAUSES } from '../test/support/causes/catalogue.ts';
import { judge } from '../test/support/causes/judge.ts';
import { expectedOf, Provoked } from '../test/support/causes/provoke.ts';
import { watchAll } from '../test/support/causes/record.ts';
import { type Entry, signIn } from '../test/support/causes/recording.ts';
import type { Scenario, Verdict } from '../test/support/causes/scenario.ts';
import { GOOD } from '../test/support/causes/scenarios/good.ts';

const SIDE_BY_SIDE = 2;
const GOOD_DEPLOYS = 50;
const HELM_TIMEOUT_S = 60;
const LIMIT_MS = 150_000;
const SAID = 140;

type Certain = Scenario & { verdict: Verdict };
interface Measured {
  /** From the first sign to the end; undefined where the sign never came. */
  ms: number | undefined;
  said: string;
}

if (!clusterUp()) process.exit(1);
const cluster = clusterEnvironment();
const runner = new NodeProcessRunner({ env: process.env });
const work = mkdtempSync(join(tmpdir(), 'todo-deploy-causes-'));

/** Both sides begin alike: watches first, then `act` until its verdict. */
async function measure(
  scenario: Scenario,
  prefix: string,
  act: (provoked: Provoked, kubernetes: KubernetesClient) => Promise<string>,
): Promise<Measured> {
  const provoked = new Provoked(scenario, cluster, prefix);
  const { namespace } = provoked;
  const kubernetes = new KubernetesClient(loadKubeconfig({ path: cluster.kubeconfig, context: cluster.context }), { namespace });
  const stop = new AbortController();
  try {
    await provoked.prepare();
    const entries: Entry[] = [];
    const watching = watchAll(kubernetes, entries, {}, Date.now, stop.signal);
    const said = await act(provoked, kubernetes);
    const ended = Date.now();
    stop.abort();
    await watching;
    entries.sort((a, b) => a.at - b.at);
    const sign = scenario.verdict === 'ready' ? undefined : entries[signIn(entries, scenario.verdict)];
    return { ms: sign && Math.max(0, ended - sign.at), said };
  } finally {
    stop.abort();
    await provoked.remove();
    await kubernetes.close();
  }
}

const ours = (scenario: Scenario): Promise<Measured> =>
  measure(scenario, 'bench', async (provoked, kubernetes) => {
    const { hook } = scenario;
    const judged = { expected: hook ? [] : expectedOf(scenario), hook, limitMs: LIMIT_MS };
    const verdict = await judge(judged, { kubernetes, clock: systemClock }, () => provoked.begin());
    return verdict === 'ready' ? verdict : `${verdict.reason}: ${verdict.message}`;
  });

const helm = (scenario: Scenario): Promise<Measured> =>
  measure(scenario, 'helm', async (provoked) => {
    const chart = join(work, scenario.name);
    mkdirSync(join(chart, 'templates'), { recursive: true });
    writeFileSync(join(chart, 'Chart.yaml'), JSON.stringify({ apiVersion: 'v2', name: 'cause', version: '1.0.0' }));
    const marked = provoked.objects.map((object) =>
      scenario.hook ? { ...object, metadata: { ...object.metadata, annotations: { 'helm.sh/hook': 'pre-install' } } } : object,
    );
    writeFileSync(join(chart, 'templates/all.yaml'), marked.map((object) => JSON.stringify(object)).join('\n---\n'));
    const flags = ['--install', '--wait', '--rollback-on-failure', `--timeout=${HELM_TIMEOUT_S}s`, `--namespace=${provoked.namespace}`];
    return runner.run({ command: ['helm', 'upgrade', 'cause', chart, ...flags], env: cluster.env, timeoutMs: 300_000 }).then(
      () => 'deployed',
      (error: unknown) => {
        if (!(error instanceof ProcessError)) throw error;
        return error.stderr.trim().split('\n').at(-1) ?? '';
      },
    );
  });

const seconds = (ms: number | undefined): string => (ms === undefined ? 'no sign' : `${(ms / 1000).toFixed(1)} s`);
const cell = (text: string): string => (text.length > SAID ? `${text.slice(0, SAID)}…` : text).replaceAll('|', '\\|');

const names = process.argv.slice(3);
const certain = CAUSES.filter((scenario): scenario is Certain => scenario.verdict !== 'ready' && scenario.verdict.sign !== undefined);
const wanted = certain.filter(({ name }) => names.length === 0 || names.includes(name));
const rows = await pMap(
  wanted,
  async (scenario) => {
    const mine = await ours(scenario);
    const theirs = await helm(scenario);
    console.log(`${scenario.name}: ${seconds(mine.ms)}, Helm ${seconds(theirs.ms)}`);
    return `| ${scenario.name} | ${seconds(mine.ms)} | ${cell(mine.said)} | ${seconds(theirs.ms)} | ${cell(theirs.said)} |`;
  },
  { concurrency: SIDE_BY_SIDE },
);
rmSync(work, { recursive: true, force: true });

/** What looks like a failure for a while and is none: slow starts, flapping probes, evictions. Returns what was called a failure. */
async function falseAlarms(): Promise<string[]> {
  const deploys = Array.from({ length: GOOD_DEPLOYS }, (_, index) => GOOD[index % GOOD.length]).filter((one) => one !== undefined);
  const said = await pMap(deploys, async (scenario) => ({ scenario, said: (await ours(scenario)).said }), { concurrency: SIDE_BY_SIDE });
  return said.filter((one) => one.said !== 'ready').map((one) => `${one.scenario.name}: ${one.said}`);
}

const alarms = names.length === 0 ? await falseAlarms() : undefined;
const table = [
  "From the cluster's first sign to the verdict. Some causes may pass by themselves, and count when they have lasted: 10 s where pods cannot be",
  'made, 20 s for configuration that is missing, 30 s for a sandbox, 60 s for a node, a volume or a registry that is not reached.',
  `Helm: \`helm upgrade --install --wait --rollback-on-failure --timeout ${HELM_TIMEOUT_S}s\`, until it ends.`,
  '',
  '| cause | todo-deploy | it says | Helm | it says |',
  '| --- | --- | --- | --- | --- |',
  ...rows,
  '',
  ...(alarms
    ? [
        `False alarms in ${GOOD_DEPLOYS} good deploys (${GOOD.map(({ name }) => name).join(', ')}, in turn): ${alarms.length}.`,
        ...alarms,
        '',
      ]
    : []),
].join('\n');
mkdirSync(join(ROOT, 'report'), { recursive: true });
writeFileSync(join(ROOT, 'report/causes.md'), table);
console.log(`\n${table}`);

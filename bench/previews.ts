/**
 * Measures previews on the embedded cluster, by the committed actions and GitHub's stand-in; prints a Markdown table, and keeps what the
 * comment said for its picture: npm run bench -- previews. PREVIEWS=20 takes so many of each, CROWD=50 opens so many at once.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { ROOT } from '../demo/environment.ts';
import { PULL_SECRET } from '../demo/namespace.ts';
import { type ActionResult, runAction } from '../test/support/action.ts';
import { GitHubStandIn } from '../test/support/github/server.ts';
import { deployOurs } from './deployers.ts';
import { seconds, settle } from './scenarios.ts';
import { answersOf, type Bench, cleanUp, namespace, setUp, startLoad, VERSION_HEADER } from './setup.ts';

const TIMES = Number(process.env.PREVIEWS ?? 10);
const CROWD = Number(process.env.CROWD ?? 50);
const [CAP, SIDE_BY_SIDE] = [10, 3];
const DOMAIN = 'preview.example.test';
const PRODUCTION = 'bench-production';
/** Of the preview's app. */
const START_DELAY_MS = 1_000;
const ASLEEP_AFTER_MS = 62_000;

const bench = await setUp();
const { cluster, runner, work } = bench;
const standIn = await GitHubStandIn.start();
const wakerImage = await buildWaker(bench);
await namespace(bench, PRODUCTION);
const rows: [string, string][] = [];
try {
  await upAndGone();
  await woken();
  await crowd();
} finally {
  standIn.close();
  const left = (
    await kubectl('get', 'namespaces', `--selector=todo-deploy.dev/preview-repository=${standIn.played.repositoryId}`, '--output=name')
  ).split('\n');
  await cleanUp(bench, [PRODUCTION, ...left.map((name) => name.replace('namespace/', '')).filter(Boolean)]);
}
const table = ['| what | figure |', '| --- | --- |', ...rows.map(([what, figure]) => `| ${what} | ${figure} |`), ''].join('\n');
mkdirSync(join(ROOT, 'report'), { recursive: true });
writeFileSync(join(ROOT, 'report/previews.md'), table);
console.log(`\n${table}`);

async function upAndGone(): Promise<void> {
  const [opened, updated, closed]: [number[], number[], number[]] = [[], [], []];
  for (let number = 1; number <= TIMES; number += 1) {
    console.log(`Pull request ${number} of ${TIMES}`);
    opened.push(await untilAnswers(number, 'v1'));
    keepComment(number, 'up');
    updated.push(await untilAnswers(number, 'v2'));
    const started = Date.now();
    const run = await preview(number, 'v2', 'closed');
    if (run.outputs.state !== 'gone') throw new Error(`${number} is not gone:\n${run.log.join('\n')}`);
    closed.push(Date.now() - started);
    keepComment(number, 'gone');
  }
  rows.push(
    [`opened, its image there: until its URL answers (app starts in ${START_DELAY_MS / 1000} s)`, spread(opened)],
    ['a push: until its URL answers as the new commit', spread(updated)],
    ['closed: until it is proved to be gone', spread(closed)],
  );
}

async function woken(): Promise<void> {
  const wakes: number[] = [];
  let [held, lost] = [0, 0];
  await preview(1, 'v1', 'reopened');
  for (let time = 0; time < Math.min(TIMES, 5); time += 1) {
    console.log('A preview falls asleep');
    await new Promise((resolve) => setTimeout(resolve, ASLEEP_AFTER_MS));
    await janitor();
    const started = Date.now();
    for (let answer = await ask(1); answer.status !== 200; answer = await ask(1)) {
      if (answer.status === 503 && answer.retryAfter) held += 1;
      else lost += 1;
      if (Date.now() - started > 60_000) throw new Error(`It does not wake: ${JSON.stringify(answer)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    wakes.push(Date.now() - started);
  }
  await preview(1, 'v1', 'closed');
  rows.push(
    ['asleep: first visit until the app answers', spread(wakes)],
    ['requests meanwhile: held by the waiting page, lost', `${held}, ${lost}`],
  );
}

/** Many pull requests at once, beside an app that is in production. */
async function crowd(): Promise<void> {
  await deployOurs(bench, PRODUCTION, { name: 'v1' });
  const load = startLoad(bench, PRODUCTION, 'alone');
  await answersOf(load, 'v1');
  for (let time = 0; time < 10; time += 1) await settle();
  const alone = await load.stop();
  const beside = startLoad(bench, PRODUCTION, 'beside');
  const numbers = Array.from({ length: CROWD }, (_, index) => index + 1_000);
  let [most, up, waiting, ended] = [0, 0, 0, false];
  const watching = (async () => {
    while (!ended) {
      most = Math.max(most, await livePreviews());
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  })();
  const work = async (): Promise<void> => {
    for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) {
      const { outputs } = await preview(number, 'v1', 'opened');
      if (outputs.state === 'up') up += 1;
      if (outputs.state === 'waiting') waiting += 1;
      console.log(`${number}: ${outputs.state}`);
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  ended = true;
  await watching;
  const result = await beside.stop();
  rows.push(
    [`${CROWD} pull requests, at most ${CAP}: previews at once at the most; up, waiting`, `${most}; ${up}, ${waiting}`],
    ['production beside them: p99 alone, beside', `${alone.latencyMs.p99.toFixed(1)} ms, ${result.latencyMs.p99.toFixed(1)} ms`],
    ['production beside them: requests lost', `${result.lost} of ${result.sent}`],
  );
}

/** Of those that have a commit deployed. */
async function livePreviews(): Promise<number> {
  const selector = `--selector=todo-deploy.dev/preview-repository=${standIn.played.repositoryId}`;
  const { items } = JSON.parse(await kubectl('get', 'namespaces', selector, '--output=json')) as {
    items: { metadata: { annotations?: Record<string, string> } }[];
  };
  return items.filter(({ metadata }) => metadata.annotations?.['todo-deploy.dev/preview-head']).length;
}

const headOf = (number: number, version: string): string => createHash('sha1').update(`${number} ${version}`).digest('hex');

/** From the start of the run until the public name answers as this version. */
async function untilAnswers(number: number, version: string): Promise<number> {
  const started = Date.now();
  const running = preview(number, version, version === 'v1' ? 'opened' : 'synchronize');
  let took: number | undefined;
  const asking = (async () => {
    for (let done = false; !done && took === undefined; ) {
      const answer = await ask(number);
      if (answer.status === 200 && answer.version === version) took = Date.now() - started;
      done = await Promise.race([running.then(() => true), new Promise<boolean>((resolve) => setTimeout(resolve, 50, false))]);
    }
  })();
  const run = await running;
  await asking;
  if (run.outputs.state !== 'up') throw new Error(`${number} did not come up:\n${run.log.join('\n')}`);
  return took ?? Date.now() - started;
}

function environment(event: string, payload: object): Record<string, string> {
  const path = join(work, `event-${createHash('sha1').update(JSON.stringify(payload)).digest('hex')}.json`);
  writeFileSync(path, JSON.stringify(payload));
  return {
    GITHUB_API_URL: standIn.url,
    GITHUB_EVENT_NAME: event,
    GITHUB_EVENT_PATH: path,
    GITHUB_REPOSITORY: 'acme/pair',
    GITHUB_REPOSITORY_ID: String(standIn.played.repositoryId),
    GITHUB_RUN_ID: '7',
    GITHUB_ACTOR: 'ada',
  };
}

async function preview(number: number, version: string, action: string): Promise<ActionResult> {
  standIn.played.pulls.set(number, { number, head: headOf(number, version), state: action === 'closed' ? 'closed' : 'open' });
  const payload = { action, number, pull_request: standIn.played.object(number), sender: { login: 'ada' } };
  const env = { START_DELAY_MS: String(START_DELAY_MS), VERSION: version };
  return await runAction({
    action: 'actions/preview',
    cwd: ROOT,
    inputs: {
      domain: DOMAIN,
      chart: 'test/charts/pair',
      values: JSON.stringify({
        image: { repository: bench.image, tag: '1' },
        frontend: { env },
        backend: { env },
        ingress: { className: cluster.ingress.className, host: 'pair.example.com' },
      }),
      'copy-secrets': `${PRODUCTION}/${PULL_SECRET}`,
      'image-pull-secrets': PULL_SECRET,
      'sleep-after': '1m',
      max: String(CAP),
      timeout: '120s',
      'github-token': 'ghs_token',
    },
    env: { ...cluster.env, ...environment('pull_request', payload) },
  });
}

async function janitor(): Promise<void> {
  const inputs = {
    colors: 'false',
    'registry-tags': 'false',
    'waker-image': wakerImage,
    'image-pull-secrets': PULL_SECRET,
    'github-token': 'ghs_token',
  };
  const { exitCode, log } = await runAction({ action: 'actions/janitor', inputs, env: { ...cluster.env, ...environment('schedule', {}) } });
  if (exitCode !== 0) throw new Error(log.join('\n'));
}

async function ask(number: number): Promise<{ status: number; version: string; retryAfter: string | undefined }> {
  const headers = { host: `pr-${number}-pair.${DOMAIN}`, 'user-agent': 'Mozilla/5.0 Firefox/140.0' };
  const { statusCode, headers: answered, body } = await request(cluster.ingress.http[0] ?? '', { headers });
  await body.dump();
  return { status: statusCode, version: String(answered[VERSION_HEADER] ?? ''), retryAfter: answered['retry-after']?.toString() };
}

/** What the comment said of one, for its picture. */
function keepComment(number: number, name: string): void {
  if (number !== 1) return;
  mkdirSync(join(ROOT, 'report'), { recursive: true });
  writeFileSync(join(ROOT, `report/preview-${name}.md`), standIn.played.comments.find((one) => one.number === number)?.body ?? '');
}

async function buildWaker({ cluster: { registry, env } }: Bench): Promise<string> {
  const tag = `${registry.host}/bench/todo-deploy:1`;
  const file = join(ROOT, 'images/product/Dockerfile');
  const command = [
    'docker',
    'buildx',
    'build',
    '--push',
    '--provenance=false',
    '--build-arg',
    'NODE=node:24-slim',
    '--file',
    file,
    '--tag',
    tag,
    ROOT,
  ] as const;
  await runner.run({ command: [...command], env, timeoutMs: 300_000 });
  return tag;
}

async function kubectl(...args: string[]): Promise<string> {
  return (await runner.run({ command: ['kubectl', ...args], env: cluster.env, timeoutMs: 60_000 })).stdout;
}

function spread(figures: readonly number[]): string {
  const sorted = figures.toSorted((one, other) => one - other);
  const at = (share: number): string => seconds(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0);
  return `p50 ${at(0.5)}, p95 ${at(0.95)} (${figures.length})`;
}

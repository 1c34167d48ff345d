/**
 * Two images built, scanned and pushed: todo-deploy beside `docker buildx build --push` and `trivy image`, one after the other, on the same
 * BuildKit, with the same cache in the registry. Trivy's caches are empty, as a new runner has them, unless said otherwise.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { clusterEnvironment, ROOT } from '../demo/environment.ts';
import { runAction } from '../test/support/action.ts';
import { seconds } from './scenarios.ts';

const IMAGES = ['frontend', 'backend'] as const;
const TIMES = 3;
/** What a file's change is made of: the backend's own code. */
const CHANGED = 'backend/app/bench.py';

type Side = 'todo-deploy' | 'docker and trivy';
const CASES = ['cold', 'one file changed', 'one file changed, Trivy’s cache kept', 'nothing changed'] as const;
type Case = (typeof CASES)[number];

interface Measured {
  ms: number;
  steps: Record<string, number>;
}

const cluster = clusterEnvironment();
const registry = `${cluster.registry.host}/bench-builds-${Date.now().toString(36)}`;

/** A checkout of the example of one side; `cold` makes every step of its builds new to the builder. */
async function checkout(cold: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'todo-deploy-bench-builds-'));
  for (const name of IMAGES) {
    cpSync(join(ROOT, 'examples/todo', name), join(folder, name), {
      recursive: true,
      filter: (path) => !/node_modules|\.next$/.test(path),
    });
    const file = join(folder, name, 'Dockerfile');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^(FROM .*)$/gm, `$1\nENV COLD=${cold}`));
  }
  await execa('git', ['init', '-q', '-b', 'main'], { cwd: folder });
  await commit(folder);
  return folder;
}

async function commit(folder: string): Promise<void> {
  await execa('git', ['add', '.'], { cwd: folder });
  const author = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com'];
  await execa('git', [...author, 'commit', '-qm', 'a change', '--allow-empty'], { cwd: folder });
}

async function ours(folder: string, prefix: string, trivy: string): Promise<Measured> {
  const env = { ...cluster.env, TRIVY_CACHE_DIR: trivy, GITHUB_ACTIONS: 'true', GITHUB_REF: 'refs/heads/main', GITHUB_EVENT_NAME: 'push' };
  const images = IMAGES.map((name) => `${name}: ./${name}`).join('\n');
  const inputs = { images, registry: prefix, builder: cluster.buildkit.address };
  const seen: Record<string, number> = {};
  const start = performance.now();
  const main = await runAction({
    action: 'actions/build-push',
    inputs,
    env,
    cwd: folder,
    onLine: (line) => {
      const step =
        /\] (built|known|scanned|pushed|unchanged|tagged)\b/.exec(line)?.[1] ?? (line.startsWith('Building with') ? 'started' : '');
      if (step !== '') seen[step === 'unchanged' ? 'pushed' : step] = performance.now() - start;
    },
  });
  const ms = performance.now() - start;
  if (main.exitCode !== 0) throw new Error(main.log.join('\n'));
  const { state, tempDir } = main;
  const after = performance.now();
  await runAction({ action: 'actions/build-push', step: 'post', inputs, state, tempDir, env, cwd: folder });
  return { ms, steps: { ...stepsOf(seen, ms), 'after the job: build cache, builder': performance.now() - after } };
}

/** Until the last image was at that step. */
function stepsOf(seen: Record<string, number>, ms: number): Record<string, number> {
  const steps: Record<string, number> = {};
  let before = 0;
  for (const step of ['started', 'known', 'built', 'scanned', 'pushed', 'tagged']) {
    if (seen[step] === undefined) continue;
    steps[`until ${step}`] = Math.max(0, seen[step] - before);
    before = Math.max(before, seen[step]);
  }
  return { ...steps, 'records, report': ms - before };
}

async function theirs(folder: string, prefix: string, trivy: string): Promise<Measured> {
  const env = { ...cluster.env, TRIVY_CACHE_DIR: trivy };
  const steps: Record<string, number> = {};
  const timed = async (step: string, command: string, args: string[]): Promise<void> => {
    const start = performance.now();
    await execa(command, args, { env, cwd: folder });
    steps[step] = (steps[step] ?? 0) + performance.now() - start;
  };
  const start = performance.now();
  for (const name of IMAGES) {
    const image = `${prefix}/${name}`;
    const cache = `type=registry,ref=${image}:buildcache`;
    const caches = [`--cache-from=${cache}`, `--cache-to=${cache},mode=max,image-manifest=true,oci-mediatypes=true`];
    await timed('docker buildx build --push', 'docker', [
      'buildx',
      'build',
      '--push',
      '--provenance=false',
      `--tag=${image}:main`,
      ...caches,
      `./${name}`,
    ]);
    await timed('trivy image', 'trivy', [
      'image',
      '--quiet',
      '--scanners=vuln,secret',
      '--severity=HIGH,CRITICAL',
      '--exit-code=1',
      `${image}:main`,
    ]);
  }
  const ms = performance.now() - start;
  return { ms, steps };
}

const results: { side: Side; what: Case; measured: Measured }[] = [];
for (let time = 1; time <= TIMES; time++) {
  for (const [side, run] of [
    ['docker and trivy', theirs],
    ['todo-deploy', ours],
  ] as const) {
    const prefix = `${registry}/${side.replaceAll(' ', '-')}-${time}`;
    const folder = await checkout(`${side.replaceAll(' ', '-')}-${Date.now()}`);
    const fresh = (): string => mkdtempSync(join(tmpdir(), 'todo-deploy-bench-trivy-'));
    const measure = async (what: Case, trivy: string): Promise<void> => {
      const measured = await run(folder, prefix, trivy);
      results.push({ side, what, measured });
      console.log(`${side}, ${what}: ${seconds(measured.ms)}`);
    };
    await measure('cold', fresh());
    await commit(folder);
    await measure('nothing changed', fresh());
    const kept = fresh();
    for (const what of ['one file changed', 'one file changed, Trivy’s cache kept'] as const) {
      writeFileSync(join(folder, CHANGED), `CHANGED = ${Date.now()}\n`);
      await commit(folder);
      await measure(what, kept);
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

const of = (side: Side, what: Case): Measured[] =>
  results.filter((one) => one.side === side && one.what === what).map(({ measured }) => measured);
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const rows = CASES.map((what) => {
  const [mine, other] = [of('todo-deploy', what).map(({ ms }) => ms), of('docker and trivy', what).map(({ ms }) => ms)];
  const list = (values: readonly number[]): string => values.map(seconds).join(', ');
  return `| ${what} | ${list(mine)} | ${list(other)} | ${(median(mine) / median(other)).toFixed(2)} |`;
});
const steps = CASES.flatMap((what) =>
  (['todo-deploy', 'docker and trivy'] as const).map((side) => {
    const all = of(side, what);
    const names = [...new Set(all.flatMap((one) => Object.keys(one.steps)))];
    const parts = names.map((name) => `${name} ${seconds(median(all.map((one) => one.steps[name] ?? 0)))}`);
    return `| ${what} | ${side} | ${parts.join(' · ')} |`;
  }),
);
const table = [
  'Two images, the example’s frontend and backend: wall time until they are scanned and in the registry; the ratio is of the medians.',
  '',
  '| what | todo-deploy | docker buildx build --push, then trivy image | ratio |',
  '| --- | --- | --- | --- |',
  ...rows,
  '',
  '| what | side | where the time goes (median) |',
  '| --- | --- | --- |',
  ...steps,
  '',
].join('\n');
mkdirSync(join(ROOT, 'report'), { recursive: true });
writeFileSync(join(ROOT, 'report', 'builds.md'), table);
console.log(`\n${table}`);

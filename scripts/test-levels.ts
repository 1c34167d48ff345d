/** Runs lint, the dist check and the levels of tests; the last line it prints is the counts, read from the runners. */
import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

const LEVELS = ['unit', 'histories', 'api', 'scenario', 'cluster'] as const;
type Level = (typeof LEVELS)[number];
/** Stops parts of the cluster, so no other cluster test may run beside it; needs little processor time, so tests without a cluster may. */
const STOPS_PARTS = '/test/cluster/cluster\\.test\\.ts$';
/** Sends as many requests as two processors can serve. */
const FULL_LOAD = '/test/cluster/second-repository\\.test\\.ts$';
/** Builds Next.js twice, which takes minutes: `npm run proof` does. An option of Jest's replaces what its configuration says. */
const PROOF = '/test/cluster/states/nextjs\\.test\\.ts$';
/** The others have namespaces and repositories of their own; three keep two processors busy. */
const SIDE_BY_SIDE = 3;
/** Each deploy has a namespace of its own; between its steps it waits for programs and watches. */
const API_SIDE_BY_SIDE = 4;
const SHORT = '--testTimeout=60000';
const LONG = '--testTimeout=600000';

/** A step that runs beside another one prints at its end. */
type Prints = 'at once' | 'at its end';

interface JestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numRuntimeErrorTestSuites: number;
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !LEVELS.includes(name as Level));
if (unknown.length > 0) {
  console.error(`Unknown test level ${unknown.join(', ')} (allowed: ${LEVELS.join(', ')})`);
  process.exit(2);
}
const has = (level: Level): boolean => asked.length === 0 || asked.includes(level);
const results = mkdtempSync(join(tmpdir(), 'todo-deploy-tests-'));

// Of long matrices a run takes a sample (test/support/sample.ts), and the same one again where this is given.
process.env.SAMPLE_SEED ??= String(randomInt(1_000_000));
console.log(`== rows are sampled by SAMPLE_SEED=${process.env.SAMPLE_SEED}`);

const failures: string[] = [];
const counts = { passed: 0, failed: 0, skipped: 0 };
// Everything runs even after a failure, so that one run shows everything to fix.
// What uses one processor each runs together.
await Promise.all([
  asked.length === 0 ? check() : undefined,
  has('unit') ? jest('unit', 'unit', [SHORT]) : undefined,
  has('histories') ? jest('histories', 'histories', [SHORT], 'at its end') : undefined,
]);
const up = has('cluster') && (await step('cluster up', [process.execPath, 'cluster/cli.ts', 'up']));
if (has('cluster') && !up) counts.failed++;
await Promise.all([
  withoutCluster(),
  up ? jest('cluster', 'cluster, stopped in parts', [LONG, `--testPathPatterns=${STOPS_PARTS}`], 'at its end') : undefined,
]);
if (up) {
  const others = `--testPathIgnorePatterns=${[STOPS_PARTS, FULL_LOAD, PROOF].join('|')}`;
  await jest('cluster', 'cluster, side by side', [LONG, `--maxWorkers=${SIDE_BY_SIDE}`, others]);
  await jest('cluster', 'cluster, full load', [LONG, `--testPathPatterns=${FULL_LOAD}`]);
}
// A skipped test proves nothing.
if (counts.skipped > 0) failures.push(`${counts.skipped} tests were skipped`);
for (const failure of failures) console.log(`FAILED: ${failure}`);
console.log(`${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`);
process.exitCode = failures.length > 0 || counts.failed > 0 || counts.passed === 0 ? 1 : 0;

/** These fill up what the test that stops parts of the cluster leaves. */
async function withoutCluster(): Promise<void> {
  if (has('scenario')) await jest('scenario', 'scenario', [SHORT]);
  if (has('api')) await jest('api', 'api', [SHORT, `--maxWorkers=${API_SIDE_BY_SIDE}`]);
}

/** Lint and the dist check use one processor: they run beside the first level, and print at their end. */
async function check(): Promise<void> {
  await step('lint', ['bash', 'scripts/lint.sh'], 'at its end');
  await step('dist', ['bash', 'scripts/build.sh', '--check'], 'at its end');
}

async function step(
  name: string,
  [program = '', ...args]: string[],
  prints: Prints = 'at once',
  streams: 'both' | 'stderr' = 'both',
): Promise<boolean> {
  const later = prints === 'at its end';
  if (!later) console.log(`== ${name}`);
  const to = later ? 'pipe' : 'inherit';
  const stdio = ['ignore', streams === 'both' ? to : 'ignore', to] as const;
  const done = await execa(program, args, { stdio, all: later, reject: false });
  if (later) console.log(`== ${name}\n${done.all ?? ''}`);
  const took = `${(done.durationMs / 1000).toFixed(0)} s`;
  if (done.failed)
    failures.push(
      `${name} (${done.signal ?? (done.exitCode === undefined ? done.originalMessage : `exit code ${done.exitCode}`)}, ${took})`,
    );
  else console.log(`== ${name}: ok (${took})`);
  return !done.failed;
}

async function jest(level: Level, name: string, options: readonly string[], prints: Prints = 'at once'): Promise<void> {
  const report = join(results, `${name}.json`);
  const program = [process.execPath, '--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  const command = [...program, '--selectProjects', level, '--json', `--outputFile=${report}`, ...options];
  // jest prints its progress to stderr and, with --json, the report to stdout too.
  await step(`test ${name}`, command, prints, 'stderr');
  count(report);
}

function count(report: string): void {
  let read: JestReport;
  try {
    read = JSON.parse(readFileSync(report, 'utf8')) as JestReport;
  } catch {
    counts.failed++;
    return;
  }
  counts.passed += read.numPassedTests;
  counts.failed += read.numFailedTests + read.numRuntimeErrorTestSuites;
  counts.skipped += read.numPendingTests + read.numTodoTests;
}

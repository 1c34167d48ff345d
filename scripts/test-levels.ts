/** Runs lint, the dist check and the levels of tests; the last line it prints is the counts, read from the runners. */
import { randomInt } from 'node:crypto';
import { globSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { drawn } from '../test/support/turns.ts';
import seconds from '../test/weights.json' with { type: 'json' };

const LEVELS = ['unit', 'histories', 'api', 'scenario', 'cluster'] as const;
type Level = (typeof LEVELS)[number];
/** Stops parts of the cluster, so no other cluster test may run beside it; needs little processor time, so tests without a cluster may. */
const STOPS_PARTS = 'test/cluster/cluster.test.ts';
/** Sends as many requests as two processors can serve. */
const FULL_LOAD = 'test/cluster/second-repository.test.ts';
/** Take minutes a row, and run in `npm run proof` alone. */
const PROOF = /\/states\/(counts|remove|two-hundred-services|adoption-killed|nextjs)\.test\.ts$/;
const isProof = process.env.PROOF_SEEDS !== undefined;
/**
 * The two levels with states of clusters take three quarters of an hour as a whole, and backups of real databases ten minutes. `npm test`
 * takes what is in `always`, and of the others as many as there is time for, in turn; a level that is asked for by name is run whole. `budget`: s of a worker (test/weights.json).
 */
const IN_TURN: Partial<Record<Level, { always: RegExp; budget: number }>> = {
  api: { always: /\/api\/(tools|deploy)\/(deploy|lease|refusals|rights|access|objects|lost-answers|helm)\.test\.ts$/, budget: 640 },
  scenario: { always: /\/scenario\/(?!backup\/)/, budget: 60 },
  cluster: { always: /\/cluster\/(deploy|build-push|cluster|second-repository)\.test\.ts$/, budget: 900 },
};
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

// What does not run each time has its turn by this (test/support/turns.ts, sample.ts), and the same turn again where it is given.
const seed = process.env.SAMPLE_SEED ?? String(randomInt(1_000_000));
if (!isProof) {
  process.env.SAMPLE_SEED = seed;
  console.log(`== what has its turn is drawn by SAMPLE_SEED=${seed}`);
}

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
  up ? jest('cluster', 'cluster, stopped in parts', [LONG, ...only(STOPS_PARTS)], 'at its end') : undefined,
]);
if (up) {
  const others = filesOf('cluster').filter((file) => file !== STOPS_PARTS && file !== FULL_LOAD);
  await jest('cluster', 'cluster, side by side', [LONG, `--maxWorkers=${SIDE_BY_SIDE}`, ...only(...others)]);
  await jest('cluster', 'cluster, full load', [LONG, ...only(FULL_LOAD)]);
}
// A skipped test proves nothing.
if (counts.skipped > 0) failures.push(`${counts.skipped} tests were skipped`);
for (const failure of failures) console.log(`FAILED: ${failure}`);
console.log(`${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`);
process.exitCode = failures.length > 0 || counts.failed > 0 || counts.passed === 0 ? 1 : 0;

/** These fill up what the test that stops parts of the cluster leaves. */
async function withoutCluster(): Promise<void> {
  // What they need is built the first time.
  if (has('scenario')) await jest('scenario', 'scenario', [LONG, ...only(...filesOf('scenario'))]);
  if (has('api')) await jest('api', 'api', [SHORT, `--maxWorkers=${API_SIDE_BY_SIDE}`, ...only(...filesOf('api'))]);
}

/** The files of a level that this run takes. */
function filesOf(level: Level): string[] {
  const all = globSync(`test/${level}/**/*.test.ts`).filter((file) => isProof || !PROOF.test(file));
  const turn = IN_TURN[level];
  if (isProof || asked.length > 0 || turn === undefined) return all;
  const files = drawn({ files: all.toSorted(), seconds, always: (file) => turn.always.test(file), budget: turn.budget, seed });
  console.log(`== ${level}: ${files.length} of ${all.length} files have their turn; npm test -- ${level} takes them all`);
  return files;
}

/** Options with which Jest runs these files alone. */
function only(...files: readonly string[]): string[] {
  return ['--runTestsByPath', ...files];
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

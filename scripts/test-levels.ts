/** Runs lint, the dist check and the three levels of tests; ends with one line of counts, read from the runners. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LEVELS = ['unit', 'scenario', 'cluster'] as const;
type Level = (typeof LEVELS)[number];
/** Cluster tests that have the cluster for themselves: they measure under load, compare the whole registry, or stop a component. */
const ALONE = ['build-push', 'cluster', 'component', 'deploy', 'pipeline', 'second-repository', 'workflow'];
const ALONE_FILES = `/test/cluster/(${ALONE.join('|')})\\.test\\.ts$`;
/** The others have namespaces of their own, and wait more than they work. */
const SIDE_BY_SIDE = 2;

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
const levels = asked.length > 0 ? LEVELS.filter((level) => asked.includes(level)) : LEVELS;
const results = mkdtempSync(join(tmpdir(), 'todo-deploy-tests-'));

const failures: string[] = [];
const counts = { passed: 0, failed: 0, skipped: 0 };
// Everything runs even after a failure, so that one run shows all there is to mend.
if (asked.length === 0) {
  step('lint', ['bash', 'scripts/lint.sh']);
  step('dist', ['bash', 'scripts/build.sh', '--check']);
}
for (const level of levels) {
  if (level === 'cluster' && !step('cluster up', [process.execPath, 'cluster/cli.ts', 'up'])) {
    counts.failed++;
    continue;
  }
  if (level === 'cluster') {
    jest(level, 'cluster, side by side', `--maxWorkers=${SIDE_BY_SIDE}`, '--testTimeout=600000', `--testPathIgnorePatterns=${ALONE_FILES}`);
    jest(level, 'cluster, one by one', '--runInBand', '--testTimeout=600000', `--testPathPatterns=${ALONE_FILES}`);
  } else jest(level, level, '--testTimeout=60000');
}
for (const failure of failures) console.log(`FAILED: ${failure}`);
console.log(`${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`);
process.exitCode = failures.length > 0 || counts.failed > 0 || counts.passed === 0 ? 1 : 0;

function step(name: string, [program, ...args]: string[], dropStdout = false): boolean {
  const started = Date.now();
  console.log(`== ${name}`);
  // jest prints its progress to stderr and, with --json, the report to stdout too.
  const { status, error } = spawnSync(program ?? '', args, { stdio: ['ignore', dropStdout ? 'ignore' : 'inherit', 'inherit'] });
  const took = `${((Date.now() - started) / 1000).toFixed(0)} s`;
  if (status === 0) {
    console.log(`== ${name}: ok (${took})`);
    return true;
  }
  failures.push(`${name} (${error?.message ?? `exit code ${status}`}, ${took})`);
  return false;
}

function jest(level: Level, name: string, ...options: string[]): void {
  const report = join(results, `${name}.json`);
  const program = [process.execPath, '--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  step(`test ${name}`, [...program, '--selectProjects', level, '--json', `--outputFile=${report}`, ...options], true);
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

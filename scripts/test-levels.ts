/** Runs lint, the dist check and the three levels of tests; ends with one line of counts, read from the runners. */
import { type StdioOptions, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LEVELS = ['unit', 'scenario', 'cluster'] as const;
type Level = (typeof LEVELS)[number];
/** Cluster tests that have the cluster for themselves: they measure under load, or stop a part of it. */
const ALONE = ['cluster', 'second-repository', 'workflow'];
const ALONE_FILES = `/test/cluster/(${ALONE.join('|')})\\.test\\.ts$`;
/** The others have namespaces and repositories of their own, and wait more than they work. */
const SIDE_BY_SIDE = 3;

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
const checks = asked.length === 0 ? check() : undefined;
for (const level of levels) {
  if (level !== 'cluster') {
    await jest(level, level, '--testTimeout=60000');
    continue;
  }
  // What is measured there has the machine for itself.
  await checks;
  if (!(await step('cluster up', [process.execPath, 'cluster/cli.ts', 'up']))) {
    counts.failed++;
    continue;
  }
  await jest(
    level,
    'cluster, side by side',
    `--maxWorkers=${SIDE_BY_SIDE}`,
    '--testTimeout=600000',
    `--testPathIgnorePatterns=${ALONE_FILES}`,
  );
  await jest(level, 'cluster, one by one', '--runInBand', '--testTimeout=600000', `--testPathPatterns=${ALONE_FILES}`);
}
await checks;
for (const failure of failures) console.log(`FAILED: ${failure}`);
console.log(`${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`);
process.exitCode = failures.length > 0 || counts.failed > 0 || counts.passed === 0 ? 1 : 0;

/** Lint and the dist check use one processor: they run beside the first level, and print when they end. */
async function check(): Promise<void> {
  await step('lint', ['bash', 'scripts/lint.sh'], 'at its end');
  await step('dist', ['bash', 'scripts/build.sh', '--check'], 'at its end');
}

async function step(
  name: string,
  [program = '', ...args]: string[],
  prints: 'at once' | 'at its end' | 'errors only' = 'at once',
): Promise<boolean> {
  const started = Date.now();
  const later = prints === 'at its end';
  if (!later) console.log(`== ${name}`);
  // jest prints its progress to stderr and, with --json, the report to stdout too.
  const stdio: StdioOptions = ['ignore', later ? 'pipe' : prints === 'errors only' ? 'ignore' : 'inherit', later ? 'pipe' : 'inherit'];
  const child = spawn(program, args, { stdio });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => said.push(chunk));
  const why = await new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? undefined : signal === null ? `exit code ${code}` : signal));
  });
  if (later) process.stdout.write(`== ${name}\n${Buffer.concat(said)}`);
  const took = `${((Date.now() - started) / 1000).toFixed(0)} s`;
  if (why === undefined) {
    console.log(`== ${name}: ok (${took})`);
    return true;
  }
  failures.push(`${name} (${why}, ${took})`);
  return false;
}

async function jest(level: Level, name: string, ...options: string[]): Promise<void> {
  const report = join(results, `${name}.json`);
  const program = [process.execPath, '--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  await step(`test ${name}`, [...program, '--selectProjects', level, '--json', `--outputFile=${report}`, ...options], 'errors only');
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

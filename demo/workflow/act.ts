import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { ProcessError } from '../../src/interfaces/errors.ts';
import type { ProcessRunner } from '../../src/interfaces/process.ts';
import { RESULTS } from './yaml.ts';

export interface WorkflowRun {
  /** The user's repository. */
  repository: string;
  /** Path of the workflow file in it. */
  workflow: string;
  event: 'push' | 'pull_request' | 'workflow_dispatch' | 'workflow_run' | 'issue_comment' | 'schedule';
  /** The event's payload. */
  payload?: Record<string, unknown>;
  secrets: Readonly<Record<string, string>>;
  /** Environment of the runner's machine. */
  env: Readonly<Record<string, string>>;
  /** What GitHub's runner sets and act does not, or otherwise: `GITHUB_API_URL`. */
  variables?: Readonly<Record<string, string>>;
  /** `org/todo-deploy@v1` → folder; see product.ts. */
  actions: Readonly<Record<string, string>>;
  timeoutMs: number;
  onLine: (line: string) => void;
  signal?: AbortSignal;
}

export interface WorkflowResult {
  success: boolean;
  /** Every line that the runner printed. */
  log: string[];
  /** The job's summary, Markdown. */
  summary: string;
  /** Outputs by step id, or by job id if the workflow calls others; see yaml.ts. */
  outputs: Record<string, Record<string, string>>;
  durationMs: number;
}

/** Runs a workflow with act on this machine itself (no container), as a self-hosted runner would. */
export async function runWorkflow(run: WorkflowRun, runner: ProcessRunner): Promise<WorkflowResult> {
  const work = mkdtempSync(join(tmpdir(), 'todo-deploy-act-'));
  try {
    const files = { secrets: join(work, 'secrets'), event: join(work, 'event.json') };
    writeFileSync(files.secrets, Object.entries(run.secrets).map(dotenv).join(''), { mode: 0o600 });
    writeFileSync(files.event, JSON.stringify(run.payload ?? {}));
    const log: string[] = [];
    const started = Date.now();
    const success = await runner
      .run({
        command: [
          // A real job has a machine of its own; here it gets what the cluster leaves.
          'nice',
          '-n',
          '10',
          'act',
          run.event,
          '--workflows',
          run.workflow,
          '--platform',
          'ubuntu-latest=-self-hosted',
          '--container-daemon-socket',
          '-',
          '--secret-file',
          files.secrets,
          '--eventpath',
          files.event,
          ...Object.entries(run.variables ?? {}).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
          ...Object.entries(run.actions).flatMap(([ref, folder]) => ['--local-repository', `${ref}=${folder}`]),
        ],
        cwd: run.repository,
        // A runner uses its own Node for actions: the pinned one, not the machine's.
        env: {
          ...run.env,
          PATH: `${dirname(process.execPath)}${delimiter}${run.env.PATH ?? process.env.PATH}`,
          RESULTS_DIR: work,
          XDG_CACHE_HOME: join(work, 'cache'),
          XDG_CONFIG_HOME: join(work, 'config'),
        },
        timeoutMs: run.timeoutMs,
        ...(run.signal === undefined ? {} : { signal: run.signal }),
        onLine: (line) => {
          log.push(line);
          run.onLine(line);
        },
      })
      .then(
        () => true,
        (error: unknown) => {
          // A failed job is a result; a runner that could not run is not.
          if (error instanceof ProcessError && error.exitCode === 1 && log.length > 0) return false;
          throw error;
        },
      );
    const steps = JSON.parse(readOr(join(work, RESULTS), '{}')) as Record<string, { outputs?: Record<string, string> }>;
    return {
      success,
      log,
      summary: summaryOf(log),
      outputs: Object.fromEntries(Object.entries(steps).map(([id, step]) => [id, step.outputs ?? {}])),
      durationMs: Date.now() - started,
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** act's secret files are dotenv files: quoted values keep their line breaks. */
const dotenv = ([name, value]: [string, string]): string => `${name}=${JSON.stringify(value)}\n`;
const readOr = (file: string, otherwise: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : otherwise);

/** act prints what a step adds to the summary after this mark; the following lines lack the job's name. */
const SUMMARY = /^\[[^\]]+\]\s+\S+\s+Summary - /u;

function summaryOf(log: readonly string[]): string {
  const kept: string[] = [];
  let inside = false;
  for (const line of log) {
    if (SUMMARY.test(line)) {
      inside = true;
      kept.push(line.replace(SUMMARY, ''));
    } else if (line.startsWith('[')) inside = false;
    else if (inside) kept.push(line);
  }
  return kept.join('\n');
}

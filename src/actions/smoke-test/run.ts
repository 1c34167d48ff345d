import { mkdtemp, writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { DeployError } from '../../interfaces/errors.ts';
import type { Http } from '../../interfaces/http.ts';
import type { Kubernetes } from '../../interfaces/kubernetes.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { describeFailure, runChecks } from '../../smoke/index.ts';
import type { CheckResult, SmokeCheck } from '../../smoke/model.ts';
import { targetFinder } from '../../smoke/targets.ts';
import { writeSummary } from './summary.ts';

export interface SmokeTestOptions {
  checks: SmokeCheck[];
  /** Base of checks that name a path only. */
  appUrl?: string | undefined;
  retries: number;
  intervalMs: number;
  timeoutMs: number;
}

/** Sends the checks, reports, and throws one line about the first that failed. */
export async function runSmokeTest(
  context: ActionContext,
  options: SmokeTestOptions,
  tools: { http: Http; kubernetes?: Kubernetes },
): Promise<void> {
  const { log, clock, signal } = context;
  const results = await runChecks({
    checks: options.checks,
    targetsFor: targetFinder({
      kubernetes: tools.kubernetes,
      appUrl: options.appUrl,
    }),
    http: tools.http,
    clock,
    log,
    retries: options.retries,
    intervalMs: options.intervalMs,
    timeoutMs: options.timeoutMs,
    signal,
  });
  const failed = results.filter((result) => !result.passed);
  context.setOutput('passed', String(failed.length === 0));
  context.setOutput('failed-checks', [...new Set(failed.map((result) => result.check))].join('\n'));
  context.setOutput('report-file', await writeReport(context.env.tempDir, results));
  writeSummary(context.summary, results);
  const failure = describeFailure(results);
  if (failure !== undefined) throw new DeployError('smoke-failed', failure);
  log.info(`All ${results.length} checks passed`);
}

async function writeReport(tempDir: string, results: readonly CheckResult[]): Promise<string> {
  const path = joinPath(await mkdtemp(joinPath(tempDir, 'todo-deploy-report-')), 'smoke-test.json');
  await writeFile(path, `${JSON.stringify({ passed: results.every((result) => result.passed), results }, null, 2)}\n`);
  return path;
}

import pMap from 'p-map';
import type { Clock } from '../interfaces/clock.ts';
import type { Http } from '../interfaces/http.ts';
import type { Log } from '../interfaces/log.ts';
import { evaluate, excerpt } from './evaluate.ts';
import type { CheckResult, SmokeCheck, SmokeTarget } from './model.ts';

export { parseSmoke } from './parse.ts';

/** Limit of one request where the check has no longer latency budget. */
const REQUEST_LIMIT_MS = 10_000;
const MAX_BODY = 1024 * 1024;
const PARALLEL = 8;

export interface RunChecks {
  checks: readonly SmokeCheck[];
  /** Where a check is sent; asked again while it returns none or throws, as long as there are tries left. */
  targetsFor: (check: SmokeCheck) => Promise<SmokeTarget[]>;
  http: Http;
  clock: Clock;
  log: Log;
  /** Further tries after the first. */
  retries: number;
  intervalMs: number;
  /** Limit for all checks together. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

interface Attempt {
  failure?: string | undefined;
  status?: number | undefined;
  durationMs?: number | undefined;
  body?: string | undefined;
}

const messageOf = (error: unknown): string => excerpt(error instanceof Error ? error.message : String(error), 300);

const checkUrl = (target: SmokeTarget, check: SmokeCheck): string => `${target.baseUrl.replace(/\/+$/, '')}${check.path}`;

/** Sends every check to each of its targets, in parallel; a failed one is tried again. Never throws for a failed check; rejects with the signal's reason. */
export async function runChecks(options: RunChecks): Promise<CheckResult[]> {
  const deadline = options.clock.now() + options.timeoutMs;
  const run = new Run(options, deadline);
  const results = await pMap(options.checks, (check) => run.check(check), { concurrency: PARALLEL });
  return results.flat();
}

class Run {
  private readonly options: RunChecks;
  private readonly deadline: number;
  constructor(options: RunChecks, deadline: number) {
    this.options = options;
    this.deadline = deadline;
  }

  async check(check: SmokeCheck): Promise<CheckResult[]> {
    let targets: SmokeTarget[] = [];
    const found = await this.tries(async () => {
      targets = await this.options.targetsFor(check);
      return targets.length === 0 ? { failure: 'no ready pod or address to send the check to' } : {};
    });
    if (found.attempt.failure !== undefined) return [this.report(check, undefined, found)];
    const send = async (target: SmokeTarget) => this.report(check, target, await this.tries(() => this.send(check, target)));
    return pMap(targets, send, { concurrency: PARALLEL });
  }

  private async send(check: SmokeCheck, target: SmokeTarget): Promise<Attempt> {
    const { http, clock, signal } = this.options;
    const left = Math.max(1, this.deadline - clock.now());
    const response = await http.request({
      method: check.method,
      url: checkUrl(target, check),
      headers: { accept: '*/*', 'user-agent': 'todo-deploy-smoke-test', ...check.requestHeaders },
      timeoutMs: Math.min(left, Math.max(REQUEST_LIMIT_MS, (check.maxMs ?? 0) * 2)),
      maxBytes: MAX_BODY,
      signal,
      connect: target.connect,
      address: target.address,
      proxy: check.proxy ?? false,
    });
    const failures = evaluate(check, response);
    return {
      status: response.status,
      durationMs: response.durationMs,
      body: excerpt(response.body),
      failure: failures.length > 0 ? failures.join('; ') : undefined,
    };
  }

  /** Until it passes, the tries are used up or the time is. */
  private async tries(body: () => Promise<Attempt>): Promise<{ attempts: number; attempt: Attempt }> {
    const { clock, retries, intervalMs, signal } = this.options;
    for (let attempts = 1; ; attempts++) {
      signal?.throwIfAborted();
      const attempt = await body().catch((error: unknown): Attempt => {
        signal?.throwIfAborted();
        return { failure: messageOf(error) };
      });
      if (attempt.failure === undefined || attempts > retries || clock.now() + intervalMs >= this.deadline) return { attempts, attempt };
      await clock.sleep(intervalMs, signal);
    }
  }

  private report(
    check: SmokeCheck,
    target: SmokeTarget | undefined,
    { attempts, attempt }: { attempts: number; attempt: Attempt },
  ): CheckResult {
    const { log } = this.options;
    const where = target?.label ?? check.service?.name ?? check.url ?? 'the app';
    const tries = attempts === 1 ? '' : `, try ${attempts}`;
    if (attempt.failure === undefined) {
      log.info(`ok      ${check.name} (${where}): ${attempt.status ?? ''} in ${Math.round(attempt.durationMs ?? 0)} ms${tries}`);
    } else {
      log.info(`failed  ${check.name} (${where}): ${attempt.failure}${tries}`);
    }
    return {
      check: check.name,
      target: where,
      url: target === undefined ? `${check.url ?? ''}${check.path}` : checkUrl(target, check),
      passed: attempt.failure === undefined,
      attempts,
      ...attempt,
    };
  }
}

/** One line that names the failed check, what was expected and what was seen; how many more failed. Undefined when all passed. */
export function describeFailure(results: readonly CheckResult[]): string | undefined {
  const failed = results.filter((result) => !result.passed);
  const first = failed[0];
  if (first === undefined) return undefined;
  const tries = first.attempts === 1 ? '1 try' : `${first.attempts} tries`;
  const more = failed.length === 1 ? '' : ` (and ${failed.length - 1} more)`;
  return `Check "${first.check}" failed on ${first.target} after ${tries}: ${first.failure}${more}`;
}

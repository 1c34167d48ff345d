import { code, marked, quantity } from '../../runtime/markdown.ts';
import type { SummaryWriter } from '../../runtime/summary.ts';
import type { CheckResult } from '../../smoke/model.ts';

/** What failed first, with the start of its answer. */
export function writeSummary(summary: SummaryWriter, results: readonly CheckResult[]): void {
  const failed = results.filter((result) => !result.passed);
  summary.heading(2, failed.length === 0 ? 'Smoke test: passed' : `Smoke test: ${failed.length} of ${results.length} checks failed`);
  summary.table(
    ['check', 'target', 'status', 'time', 'tries', 'what was wrong'],
    [...failed, ...results.filter((result) => result.passed)].map((result) => [
      marked(result.passed, result.check),
      code(result.target),
      String(result.status ?? ''),
      result.durationMs === undefined ? '' : quantity(Math.round(result.durationMs), 'ms'),
      String(result.attempts),
      result.failure ?? '',
    ]),
  );
  for (const result of failed.filter(({ body }) => body)) {
    summary.details(`Start of the response to ${result.check} (${result.target})`, (inner) => inner.code(result.body ?? ''));
  }
}

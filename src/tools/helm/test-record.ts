import type { RecordedRelease } from './release-secret.ts';

/** How the tests of a release ended, as Helm recorded it. */
export interface TestEnds {
  /** Every one of them ran and succeeded. */
  passed: boolean;
  /** Those that failed, as `Kind/name`. */
  failed: string[];
}

/** Times are recorded by Helm on this machine, in parts of a second. */
const MARGIN_MS = 1_000;

/**
 * Pure: how the tests that began at `since` (ms) ended. Helm records it before it tidies up and reads logs: what fails then, and tests that
 * never ran, say nothing about it.
 */
export function testEnds({ hooks }: Pick<RecordedRelease, 'hooks'>, since: number): TestEnds {
  const tests = (hooks ?? []).filter(({ events }) => events?.includes('test'));
  const ran = (phase: string) =>
    tests.filter(({ last_run: run }) => run?.phase === phase && Date.parse(run.started_at ?? '') >= since - MARGIN_MS);
  return { passed: ran('Succeeded').length === tests.length, failed: ran('Failed').map(({ kind, name }) => `${kind}/${name}`) };
}

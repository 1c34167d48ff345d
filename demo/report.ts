import type { LoadResult } from './load/model.ts';

export interface Outcome {
  kind: 'release' | 'rollback';
  title: string;
  version: string;
  /** Start, ms since the epoch. */
  at: number;
  durationMs: number;
  success: boolean;
  /** Outputs of the deploy step. */
  outputs: Readonly<Record<string, string>>;
  /** What is not as expected. */
  problems: readonly string[];
}

export interface DemoReport {
  outcomes: readonly Outcome[];
  control: LoadResult | undefined;
  traffic: LoadResult | undefined;
  minRequests: number;
  /** Folder of picture, numbers and job summaries. */
  folder: string;
  seconds: number;
}

/** Prints the results; returns whether everything was as expected. */
export function printReport({ outcomes, control, traffic, minRequests, folder, seconds }: DemoReport): boolean {
  const failures = outcomes.flatMap(({ title, problems }) => problems.map((problem) => `${title}: ${problem}`));
  if (control === undefined || traffic === undefined) failures.push('the load was not run');
  if (control !== undefined && control.lost > 0)
    failures.push(`the control lost ${control.lost} of ${control.sent} requests: ${control.losses[0]?.reason}`);
  if (traffic !== undefined) {
    if (traffic.lost > 0) failures.push(`${traffic.lost} of ${traffic.sent} requests were lost: ${traffic.losses[0]?.reason}`);
    if (traffic.mixed > 0) failures.push(`${traffic.mixed} answers were made by two versions`);
    if (traffic.sent < minRequests) failures.push(`only ${traffic.sent} requests were sent`);
  }
  console.log('\nRelease                                   job    status        cause              switch  took');
  for (const { title, success, outputs, durationMs } of outcomes) {
    const switched = outputs['switch-ms'] ? `${outputs['switch-ms']} ms` : '';
    console.log(
      `${title.padEnd(41)} ${(success ? 'green' : 'red').padEnd(6)} ${(outputs.status ?? '').padEnd(13)} ${(outputs['failure-reason'] ?? '').padEnd(18)} ${switched.padEnd(7)} ${Math.round(durationMs / 1000)} s`,
    );
  }
  if (control !== undefined) console.log(`\nControl, no deploy: ${control.sent} requests, ${control.lost} lost`);
  if (traffic !== undefined) {
    const { sent, lost, mixed, latencyMs } = traffic;
    console.log(
      `Under traffic:      ${sent} requests, ${lost} lost, ${mixed} answered by two versions; latency p50 ${latencyMs.p50} ms, p99 ${latencyMs.p99} ms`,
    );
    for (const [version, count] of Object.entries(traffic.versions))
      console.log(`                    ${String(count).padStart(7)} by ${version.slice(0, 7)}`);
    console.log(`\nPicture: ${folder}/demo.svg, demo-dark.svg   numbers: ${folder}/demo.json   job summaries: ${folder}/*.md`);
  }
  for (const failure of failures) console.log(`NOT AS EXPECTED: ${failure}`);
  console.log(`${failures.length === 0 ? 'All as expected' : 'Failed'}, ${Math.round(seconds)} s`);
  return failures.length === 0;
}

import type { DemoData } from '../../demo/picture/requests/input.ts';

const number = (n: number): string => n.toLocaleString('en-US');
const time = (ms: number): string => (ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`);

/** A run of the demo in figures, for docs/bench.md: between its markers `demo`. */
export function demoFigures({ outcomes, control, traffic, seconds, rate }: DemoData): string {
  const switches = outcomes.flatMap(({ outputs }) => outputs['switch-ms'] || []).map(Number);
  const { p50, p99, max } = traffic.latencyMs;
  return [
    '| | |',
    '| --- | --- |',
    `| requests, ${rate} per second | ${number(traffic.sent)} |`,
    `| lost | ${number(traffic.lost)} |`,
    `| answered by two versions | ${number(traffic.mixed)} |`,
    `| control: the same load without a deploy | ${number(control?.lost ?? 0)} of ${number(control?.sent ?? 0)} lost |`,
    `| responses: median, 99th percentile, slowest | ${time(p50)}, ${time(p99)}, ${time(max)} |`,
    `| a switch: patch of the Services until all endpoints are the new pods | ${switches.toSorted((a, b) => a - b).join(', ')} ms |`,
    `| the whole demo | ${Math.round(seconds)} s |`,
  ].join('\n');
}

/** README's number of requests lost. */
export function withRequests(readme: string, { traffic }: DemoData): string {
  return readme.replace(
    /(\| Requests lost \[.*\| )\*\*[\d,]+\*\* of [\d,]+( \|)/,
    (_, before: string, after: string) => `${before}**${number(traffic.lost)}** of ${number(traffic.sent)}${after}`,
  );
}

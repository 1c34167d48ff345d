import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { LoadResult } from '../../../demo/load/model.ts';
import type { DemoData } from '../../../demo/picture/requests/input.ts';
import { demoFigures, withRequests } from '../../../scripts/docs/figures.ts';
import { fill } from '../../../scripts/docs/fill.ts';

const ROOT = join(import.meta.dirname, '../../..');
const load: LoadResult = {
  startedAt: 0,
  endedAt: 1,
  sent: 51_234,
  answered: 51_231,
  lost: 3,
  mixed: 2,
  losses: [],
  versions: {},
  seen: {},
  latencyMs: { p50: 8, p99: 1_400, max: 4_000 },
  buckets: [],
};
const outcome = { kind: 'release', title: 't', version: 'v', at: 0, durationMs: 1, success: true, problems: [] } as const;
const data: DemoData = {
  outcomes: [
    { ...outcome, outputs: { 'switch-ms': '300' } },
    { ...outcome, outputs: {} },
    { ...outcome, outputs: { 'switch-ms': '90' } },
  ],
  control: { ...load, sent: 2_500, lost: 0 },
  traffic: load,
  rate: 290,
  seconds: 228.4,
  sources: 32,
};

describe('figures of the demo', () => {
  test('docs/bench.md holds them between its markers', () => {
    const before = readFileSync(join(ROOT, 'docs/bench.md'), 'utf8');
    const after = fill(before, 'demo', demoFigures(data));
    for (const row of [
      '| requests, 290 per second | 51,234 |',
      '| lost | 3 |',
      '| control: the same load without a deploy | 0 of 2,500 lost |',
      '| responses: median, 99th percentile, slowest | 8 ms, 1.4 s, 4.0 s |',
      '| the whole demo | 228 s |',
    ])
      expect(after).toContain(row);
    expect(after).toContain('until all endpoints are the new pods | 90, 300 ms |');
    expect(after.slice(after.indexOf('<!-- /demo -->'))).toBe(before.slice(before.indexOf('<!-- /demo -->')));
  });

  test('README says how many requests were lost', () => {
    const before = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const changed = withRequests(before, data)
      .split('\n')
      .filter((line) => !before.split('\n').includes(line));
    expect(changed).toEqual([expect.stringMatching(/^\| Requests lost .* \| \*\*3\*\* of 51,234 \| not measured \|$/)]);
  });
});

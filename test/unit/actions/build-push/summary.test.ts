import { expect, test } from '@jest/globals';
import type { BuildPushReport } from '../../../../src/actions/build-push/report.ts';
import { writeSummary } from '../../../../src/actions/build-push/summary.ts';
import { SummaryWriter } from '../../../../src/runtime/summary.ts';

const COMMIT = 'b28972ba642c4a6d6f4a056ca572d2206a73b833';
const DIGEST = `sha256:${'5'.repeat(64)}`;

function summaryOf(result: 'pushed' | 'not pushed'): string {
  const report: BuildPushReport = {
    version: COMMIT,
    registry: 'r.example.com/acme',
    blocked: false,
    pushed: result === 'pushed',
    loads: false,
    images: [
      {
        name: 'web',
        repository: 'r.example.com/acme/web',
        digest: DIGEST,
        platforms: [{ platform: 'linux/amd64', digest: DIGEST, bytes: 3 * 1024 * 1024 }],
        tags: [COMMIT, 'main'],
        result,
        buildMs: 5_000,
      },
    ],
    rules: { severities: ['CRITICAL'], ignoreUnfixed: false } as unknown as BuildPushReport['rules'],
    scans: [],
  };
  const summary = new SummaryWriter(undefined);
  writeSummary(summary, report);
  return summary.markdown();
}

test('images in one narrow row each; references to copy are in a fold', () => {
  expect(summaryOf('pushed')).toBe(
    [
      '## Build and push',
      '| image | result | size | tags | scan |\n| --- | --- | --- | --- | --- |\n| `r.example.com/acme/web` | pushed | linux/amd64 3.0 MiB | `b28972b`, `main` | not scanned |',
      `<details><summary>Digests and tags in full</summary>`,
      `\`\`\`\nr.example.com/acme/web@${DIGEST}\n  r.example.com/acme/web:${COMMIT}\n  r.example.com/acme/web:main\n\`\`\``,
      '</details>',
    ].join('\n\n'),
  );
});

test('what was not pushed has no reference', () => expect(summaryOf('not pushed')).not.toContain('<details>'));

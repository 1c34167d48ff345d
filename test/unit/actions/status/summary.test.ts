import { expect, test } from '@jest/globals';
import { writeSummary } from '../../../../src/actions/status/summary.ts';
import type { AppStatus } from '../../../../src/deploy/status/index.ts';
import { SummaryWriter } from '../../../../src/runtime/summary.ts';

const [OLD, NEW] = ['a1b2c3d4e5f60718293a4b5c6d7e8f9001122334', 'b28972ba642c4a6d6f4a056ca572d2206a73b833'] as const;
const image = (version: string) => ({ container: 'web', image: `r.example.com/web:${version}@sha256:${'5'.repeat(64)}`, digests: [] });
const served = (version: string, at: string) =>
  ({ version, at, actor: 'ada', color: 'blue', runUrl: '' }) as unknown as AppStatus['history'][number];

function summaryOf(more: Partial<AppStatus>): string {
  const summary = new SummaryWriter(undefined);
  const status: AppStatus = {
    release: 'todo',
    namespace: 'prod',
    state: 'serving',
    healthy: true,
    active: 'green',
    version: NEW,
    services: [{ name: 'web', color: 'green', endpoints: 2 }],
    colors: [
      {
        color: 'green',
        role: 'active',
        version: NEW,
        workloads: [{ workload: 'Deployment/web-green', ready: true, text: '2/2 ready', images: [image(NEW)] }],
      },
    ],
    shared: [],
    drift: [],
    history: [served(NEW, '2026-01-02T10:00:00.123Z'), served(OLD, '2026-01-01T10:00:00Z')],
    rollback: [],
    unseen: [],
    ...more,
  };
  writeSummary(summary, status, undefined);
  return summary.markdown();
}

test('of an app that is well: who serves, no column for what is wrong, commits abbreviated', () => {
  const text = summaryOf({});
  expect(text.split('\n\n').slice(0, 6)).toEqual([
    '## todo: b28972b serves as green, healthy',
    'Version **`b28972b`** in namespace `prod`',
    '### Services',
    '| service | leads to | ready pods |\n| --- | --- | --- |\n| ✓\u00A0`web` | green | 2 |',
    '### Workloads',
    '| workload | part | state | image |\n| --- | --- | --- | --- |\n| ✓\u00A0`Deployment/web-green` | green, active \\(b28972b\\) | 2/2 ready | `r.example.com/web:b28972b@sha256:555555555555…` |',
  ]);
  expect(text).toContain(`<details><summary>Commits in full</summary>\n\n\`\`\`\n${NEW}\n${OLD}\n\`\`\``);
  for (const commit of [OLD, NEW]) expect(text.split(commit)).toHaveLength(2);
});

test('what is wrong is marked, and said', () => {
  const text = summaryOf({
    services: [{ name: 'web', endpoints: 0, problem: 'selects nothing' }],
    shared: [{ workload: 'StatefulSet/db', ready: false, text: '0/1 ready', images: [], problem: 'unschedulable' }],
  });
  expect(text).toContain('| ✗\u00A0`web` | no color | 0 | selects nothing |');
  expect(text).toContain('| ✗\u00A0`StatefulSet/db` | shared | 0/1 ready: unschedulable |  |');
});

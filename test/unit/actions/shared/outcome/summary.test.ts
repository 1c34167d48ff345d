import { describe, expect, test } from '@jest/globals';
import { writeSummary } from '../../../../../src/actions/shared/outcome/summary.ts';
import type { ReleaseInputs } from '../../../../../src/actions/shared/release-inputs.ts';
import type { DeployOutcome } from '../../../../../src/deploy/index.ts';
import { Recorder, type StepRecord } from '../../../../../src/deploy/run/run.ts';
import { SummaryWriter } from '../../../../../src/runtime/summary.ts';

const [OLD, NEW] = ['a1b2c3d4e5f60718293a4b5c6d7e8f9001122334', 'b28972ba642c4a6d6f4a056ca572d2206a73b833'] as const;
const ABOUT = { release: 'todo', cluster: { namespace: 'prod' } } as ReleaseInputs;

function summaryOf(outcome: Partial<DeployOutcome>, report: Partial<Recorder> = {}): string {
  const summary = new SummaryWriter(undefined);
  const base: DeployOutcome = { status: 'deployed', rolledBack: false, wanted: NEW, report: Object.assign(new Recorder(), report) };
  writeSummary({ summary }, ABOUT, { ...base, ...outcome });
  return summary.markdown();
}

/** Steps one after the other: name, title, ms, and what came of it. */
function steps(...all: [StepRecord['name'], string, number, StepRecord['result']?, string?][]): StepRecord[] {
  let now = 1_000;
  return all.map(([name, title, ms, result = 'ok', note]) => {
    const startedAt = now;
    now += ms;
    return { name, title, startedAt, endedAt: now, result, note };
  });
}

const crash = (text = 'Traceback\nKeyError: x') => ({
  reason: 'crash-loop' as const,
  message: `Container "backend" of ${NEW} crashes`,
  hint: 'The last lines of its log say why.',
  step: 'ready' as const,
  evidence: [
    { title: 'Last log lines of backend', text },
    { title: 'Pod backend-1', text: 'backend: waiting' },
  ],
});

describe('the summary of a deploy', () => {
  test('of a version that crashes: who serves and why first, then the log, open', () => {
    const outcome = { status: 'rolled-back', rolledBack: true, version: OLD, activeColor: 'green', seen: { kind: 'unseen' } } as const;
    const text = summaryOf(outcome, { failure: crash() });
    expect(text.split('\n\n').slice(0, 5)).toEqual([
      '## todo: b28972b failed, a1b2c3d serves',
      '**Version `a1b2c3d` serves** as green: users never saw the new version.',
      '**Cause** (`crash-loop` in the step `ready`): Container "backend" of b28972b crashes',
      '**What to do:** The last lines of its log say why.',
      '<details open><summary>Last log lines of backend</summary>',
    ]);
    expect(text).toContain('<details><summary>Pod backend-1</summary>');
  });

  test.each<[NonNullable<DeployOutcome['seen']>, number | undefined, string]>([
    [{ kind: 'unseen' }, undefined, 'users never saw the new version.'],
    [{ kind: 'served', ms: 12_340 }, 180, 'users were on the new version for 12 s, and users were switched back in 180 ms.'],
    [
      { kind: 'led', ms: 4_200, services: ['todo-backend'] },
      undefined,
      'users met the new version for 4.2 s: Service todo-backend, which selects without the color, led them to it.',
    ],
    [{ kind: 'unknown' }, undefined, 'whether users met the new version could not be watched to the end.'],
  ])('who saw it, in words: %j', (seen, switchBackMs, words) => {
    const outcome = { status: 'rolled-back', rolledBack: true, version: OLD, activeColor: 'green', seen } as const;
    expect(summaryOf(outcome, { failure: crash(), switchBackMs })).toContain(`**Version \`a1b2c3d\` serves** as green: ${words}`);
  });

  test('evidence that is long stays folded', () => {
    const text = summaryOf({ status: 'failed' }, { failure: crash('line\n'.repeat(60)) });
    expect(text).not.toContain('<details open>');
  });

  test('abbreviates commits, and has each in full once, to copy', () => {
    const text = summaryOf({ status: 'rolled-back', rolledBack: true, version: OLD, activeColor: 'green' }, { failure: crash() });
    for (const commit of [OLD, NEW]) expect(text.split(commit)).toHaveLength(2);
    expect(text).toContain(`<details><summary>Commits in full</summary>\n\n\`\`\`\n${OLD}\n${NEW}\n\`\`\``);
    expect(summaryOf({ version: 'v2', wanted: 'v2', activeColor: 'blue' })).not.toContain('Commits in full');
  });

  test('steps have one name, in the table as in the drawing; those that took no time and said nothing are left out', () => {
    const text = summaryOf(
      { version: NEW, activeColor: 'blue' },
      {
        steps: steps(
          ['lock', 'Take the lease of "todo"', 20],
          ['heal', 'Look for what a killed run left', 3, 'skipped'],
          ['preflight', `Check version ${NEW} before anything is touched`, 1_720],
          ['base', 'Apply what both colors share', 400, 'skipped'],
          ['switch', 'Switch users to blue', 30, 'ok', '2 Services in 26 ms'],
          ['bake', 'Watch it', 12_400, 'failed'],
        ),
      },
    );
    const table = text.slice(text.indexOf('### Steps'));
    expect(table.split('\n\n').slice(0, 3)).toEqual([
      '### Steps',
      [
        '| step | what it did | time |',
        '| --- | --- | --- |',
        '| ✓\u00A0`preflight` | Check version b28972b before anything is touched | 1.7\u00A0s |',
        '| –\u00A0`base` | Apply what both colors share | 0.4\u00A0s |',
        '| ✓\u00A0`switch` | Switch users to blue: 2 Services in 26 ms |  |',
        '| ✗\u00A0`bake` | Watch it | 12\u00A0s |',
      ].join('\n'),
      [
        '```mermaid',
        'gantt',
        '  dateFormat x',
        '  axisFormat %M:%S',
        '  preflight :23, 1743',
        '  base :1743, 2143',
        '  bake :crit, 2173, 14573',
        '```',
      ].join('\n'),
    ]);
    expect(text).not.toMatch(/\| 0\.0 s/);
  });

  test('a step that failed at once has its row', () => {
    const text = summaryOf({ status: 'failed' }, { steps: steps(['lock', 'Take the lease of "todo"', 4, 'failed']) });
    expect(text).toContain('| step | what it did |\n| --- | --- |\n| ✗\u00A0`lock` | Take the lease of "todo" |');
  });

  test('a run that failed before it could look does not say that nothing serves', () => {
    const unknown = '**It is not known which version serves, since the cluster could not be asked,** in namespace prod.';
    expect(summaryOf({ status: 'failed', unread: true })).toContain(unknown);
    expect(summaryOf({ status: 'failed' })).toContain('**No version serves** in namespace prod.');
    expect(summaryOf({ status: 'planned' })).toContain('**Nothing serves yet** in namespace prod.');
  });

  test('checks that passed have no column for what was wrong', () => {
    const check = { check: 'GET /health', target: 'pod a', url: 'http://a', passed: true, attempts: 1, status: 200, durationMs: 12.4 };
    const failed = { ...check, target: 'pod b', passed: false, failure: 'status: expected 200, got 503' };
    expect(summaryOf({ version: NEW, activeColor: 'blue' }, { checks: [check] })).toContain(
      '| check | target | status | time |\n| --- | --- | --- | --- |\n| ✓\u00A0`GET /health` | pod a | 200 | 12\u00A0ms |',
    );
    expect(summaryOf({ status: 'failed' }, { checks: [failed, check] })).toContain(
      '| ✗\u00A0`GET /health` | pod b | 200 | 12\u00A0ms | status: expected 200, got 503 |',
    );
  });
});

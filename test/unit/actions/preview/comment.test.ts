import { describe, expect, test } from '@jest/globals';
import { marked } from 'marked';
import { failedComment, refusedComment, upComment, waitingComment } from '../../../../src/actions/preview/comment.ts';
import { goneComment } from '../../../../src/actions/shared/preview-comment.ts';
import { type DeployOutcome, StepFailure } from '../../../../src/deploy/index.ts';
import { Recorder } from '../../../../src/deploy/run/run.ts';
import type { Preview } from '../../../../src/preview/model/index.ts';

const HEAD = 'a'.repeat(40);
const URL_ = 'https://pr-7-todo.preview.example.com';
const ABOUT = { release: 'todo', head: HEAD, runUrl: 'https://github.com/acme/todo/actions/runs/7' };
const preview = { expiresAt: Date.parse('2026-12-06T21:00:00Z'), sleepAfterMs: 5_400_000 } as Preview;
const deploy = (more: Partial<DeployOutcome> = {}): DeployOutcome => ({
  status: 'deployed',
  rolledBack: false,
  wanted: HEAD,
  version: HEAD,
  url: URL_,
  report: new Recorder(),
  ...more,
});
const up = {
  state: 'up',
  asleep: false,
  preview,
  deploy: deploy(),
  answered: { by: 'app', noindex: true },
  network: undefined,
  ms: 12_345,
  notes: [],
} as const;

describe('the comment', () => {
  test('of a preview that answers: where, which commit, how long, until when', () => {
    const text = upComment(ABOUT, { ...up, notes: [] });
    expect(text).toContain('✓ up');
    expect(text).toContain(`](${URL_})`);
    expect(text).toContain('`aaaaaaa`');
    expect(text).toContain('12.3 s, until it answered');
    expect(text).toContain('2026-12-06 21:00 UTC');
    expect(marked.parse(text)).toContain(`<a href="${URL_}">`);
  });

  test('of one that sleeps: a link all the same, and who wakes it; of one that is up when it may go to sleep', () => {
    const text = upComment(ABOUT, { ...up, asleep: true, notes: [] });
    expect(text).toContain('☾ asleep');
    expect(text).toContain('now: the first visit wakes it');
    expect(text).toContain(`](${URL_})`);
    expect(upComment(ABOUT, { ...up, notes: [] })).toContain('1h30m after its last deploy or waking');
    const never = { ...preview, sleepAfterMs: 'never' } as const;
    expect(upComment(ABOUT, { ...up, preview: never, notes: [] })).toMatch(/Sleeps \| never/);
  });

  test('of one that does not answer yet has no link to it', () => {
    const text = upComment(ABOUT, { ...up, answered: { by: 'nobody', why: 'x' }, notes: [`${URL_} does not answer yet: x`] });
    expect(text).not.toContain(`](${URL_})`);
    expect(text).toContain('○ deployed');
  });

  test('says whether its network is proved to be closed', () => {
    const network = { state: 'open', open: ['the API server', 'the node'] } as const;
    expect(upComment(ABOUT, { ...up, network, notes: [] })).toMatch(/Network \| not enforced: the API server and the node answered a pod/);
    const proved = { state: 'proved', tried: ['the API server'] } as const;
    expect(upComment(ABOUT, { ...up, network: proved, notes: [] })).toContain('closed, proved by a pod: no answer from the API server');
    expect(upComment(ABOUT, { ...up, notes: [] })).not.toContain('Network');
  });

  test('of one that nothing was deployed for, since its isolation is not proved', () => {
    const error = new StepFailure('isolation-unproved', 'Nothing is deployed', { hint: 'Do this' });
    const text = refusedComment(ABOUT, { error, serving: 'b'.repeat(40), ms: 1 });
    for (const words of ['✗ failed', 'Serves | `bbbbbbb`, as before', 'isolation-unproved', 'Do this']) expect(text).toContain(words);
    expect(refusedComment(ABOUT, { error, serving: undefined, ms: 1 })).toContain('Serves | nothing');
  });

  test('says what is otherwise than in the chart', () => {
    const outcome = deploy();
    outcome.report.adapted.push({ object: 'CronJob/tick', message: 'left out: nothing runs by the clock in a preview' });
    expect(upComment(ABOUT, { ...up, deploy: outcome, notes: [] })).toContain('`CronJob/tick`');
  });

  test('of a deploy that failed: the cause, and what serves; its text stays text', () => {
    const outcome = deploy({ version: 'b'.repeat(40) });
    outcome.report.failure = {
      reason: 'smoke-failed',
      message: 'Check "<img src=x>" failed @everyone',
      evidence: [{ title: 'Log', text: '```\n</details>' }],
      step: undefined,
    };
    const text = failedComment(ABOUT, { state: 'failed', preview, deploy: outcome, network: undefined, ms: 1, notes: [] });
    expect(text).toContain('smoke-failed');
    expect(text).toContain('`bbbbbbb`');
    expect(marked.parse(text)).not.toContain('<img');
    expect(text).not.toContain('@everyone');
  });

  test('of one that waits, and of one that is gone, or not', () => {
    expect(waitingComment(ABOUT, 10, 10)).toContain('There are 10 previews already');
    const receipt = {
      namespace: 'n',
      status: 'gone',
      why: 'the pull request is closed',
      gone: ['Namespace/n, and all in it'],
      left: [],
      unproved: ['volumes'],
      ms: 4_000,
    } as const;
    const gone = goneComment(ABOUT, [{ ...receipt, gone: [...receipt.gone], left: [], unproved: [...receipt.unproved] }], true);
    for (const words of ['✓ gone', 'Namespace/n', 'the deployment at GitHub is inactive', 'Not proved', '4.0 s'])
      expect(gone).toContain(words);
    const again = 'https://github.com/acme/todo/actions/runs/6';
    const reset = goneComment({ ...ABOUT, again }, [{ ...receipt, gone: [], left: [], unproved: [] }], true);
    expect(reset).toContain(`[Run its job again](${again})`);
    expect(gone).not.toContain('Run its job again');
    const stuck = goneComment(ABOUT, [{ ...receipt, status: 'stuck', gone: [], left: ['Widget/w: held'], unproved: [] }], false);
    for (const words of ['✗ not gone', 'Still there', 'Widget/w: held']) expect(stuck).toContain(words);
  });
});

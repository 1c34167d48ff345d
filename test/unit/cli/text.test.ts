import { describe, expect, test } from '@jest/globals';
import { exitCodeOf } from '../../../src/cli/exit-code.ts';
import { styleOf, wantsColor } from '../../../src/cli/style.ts';
import { summaryText } from '../../../src/cli/summary-text.ts';
import { TerminalLog } from '../../../src/cli/terminal-log.ts';
import { StepFailure } from '../../../src/deploy/diagnosis/failure.ts';
import { CancelledError, ConfigurationError, LeaseLostError } from '../../../src/interfaces/errors.ts';
import { bold, code, join, link, raw } from '../../../src/runtime/markdown.ts';
import { SummaryWriter } from '../../../src/runtime/summary.ts';

const plain = styleOf(false);

describe('a summary on a terminal', () => {
  test('reads as it was meant', () => {
    const summary = new SummaryWriter(undefined);
    summary.heading(2, 'todo: v_1 <b> is deployed');
    summary.text(
      bold(join(raw('Version '), code('a|b`c'), raw(' serves'))),
      raw(' at '),
      link(code('https://x.test/a_b'), 'https://x.test/a_b'),
      raw(': it was # 1.'),
    );
    summary.table(
      ['step', 'time', ''],
      [
        ['take | lease', raw('1 s'), ''],
        [code('a|b'), '10 s', 'a@b.c'],
      ],
    );
    summary.mermaid('gantt');
    summary.details('Log of *x*', (inner) => inner.code('line | 1\n## no heading', 'text'));
    summary.details('Open', (inner) => inner.text('two'), { open: true });
    summary.list(['one', join('two', raw('<br>'), code('three'))]);
    expect(summaryText(summary.markdown(), plain)).toBe(
      [
        'todo: v_1 <b> is deployed',
        '',
        'Version a|b`c serves at https://x.test/a_b (https://x.test/a_b): it was # 1.',
        '',
        '  step          time',
        '  take | lease  1 s',
        '  a|b           10 s  a@b.c',
        '',
        'Log of *x*:',
        '',
        '  line | 1',
        '  ## no heading',
        '',
        'Open:',
        '',
        'two',
        '',
        '- one',
        '- two, three',
      ].join('\n'),
    );
  });

  test('can command no runner', () => {
    const summary = new SummaryWriter(undefined);
    summary.text('::set-output name=x::y');
    summary.code('::error::x\n##[error]y');
    expect(summaryText(summary.markdown(), plain)).not.toMatch(/^\s*::|##\[/m);
  });
});

test('groups are headings with what happened in them, secrets and colours of others left out', async () => {
  let [text, now] = ['', 0];
  const write = (more: string) => {
    text += more;
  };
  const log = new TerminalLog({ write, style: plain, redact: (one) => one.replaceAll('secret', '***'), debug: false, now: () => now });
  await log.group('Outer', async () => {
    log.info('one\ntwo secret \u001b[31mred');
    await log.group('Inner', async () => {
      now += 2500;
    });
    await log.group('Bad', async () => Promise.reject(new Error('x'))).catch(() => undefined);
    log.debug('hidden');
  });
  log.warning('Input "value-files" names x');
  expect(text).toBe(
    [
      'Outer',
      '  one',
      '  two *** red',
      '  Inner',
      '    done after 2.5 s',
      '  Bad',
      '    failed after 0.0 s',
      '  done after 2.5 s',
      'Warning: --value-files names x',
      '',
    ].join('\n'),
  );
});

test.each([
  [undefined, true, {}, true],
  [undefined, false, {}, false],
  [undefined, true, { NO_COLOR: '1' }, false],
  [undefined, true, { TERM: 'dumb' }, false],
  [true, false, { NO_COLOR: '1' }, true],
  [false, true, {}, false],
])('colour: flag %s, terminal %s, %j', (flag, terminal, env, wanted) => expect(wantsColor(flag, terminal, env)).toBe(wanted));

test.each<[unknown, Record<string, string>, number]>([
  [undefined, {}, 0],
  [new Error('x'), {}, 1],
  [new StepFailure('not-ready', 'x'), {}, 1],
  [new ConfigurationError('x'), {}, 2],
  [new StepFailure('configuration', 'x'), {}, 2],
  [new StepFailure('rollback-failed', 'x'), {}, 3],
  [new CancelledError('x'), { 'failure-reason': 'rollback-failed' }, 3],
  [new StepFailure('locked', 'x'), {}, 4],
  [new LeaseLostError('x'), {}, 4],
  [new CancelledError('x'), { 'failure-reason': 'cancelled' }, 130],
])('exit code of %s with %j', (error, outputs, exitCode) => expect(exitCodeOf(error, outputs)).toBe(exitCode));

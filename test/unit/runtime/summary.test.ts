import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { ConfigurationError, DeployError, ProcessError } from '../../../src/interfaces/errors.ts';
import { renderError } from '../../../src/runtime/errors.ts';
import { GitHubEnvironment } from '../../../src/runtime/github-env.ts';
import { code, raw } from '../../../src/runtime/markdown.ts';
import { State } from '../../../src/runtime/state.ts';
import { mermaidText, SUMMARY_LIMIT, SummaryWriter } from '../../../src/runtime/summary.ts';
import { TempFiles } from '../../../src/runtime/temp.ts';

const folder = mkdtempSync(join(tmpdir(), 'runtime-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the job summary', () => {
  test('escapes what it is given and keeps what is Markdown', () => {
    const summary = new SummaryWriter(undefined)
      .heading(2, 'a *b*')
      .table(['name', 'value'], [['x|y', code('a|b')]])
      .details('more', (inner) => inner.code('line'));
    expect(summary.markdown()).toBe(
      '## a \\*b\\*\n\n| name | value |\n| --- | --- |\n| x\\|y | `a\\|b` |\n\n<details><summary>more</summary>\n\n```\nline\n```\n\n</details>',
    );
  });

  test('has no column in which nothing stands', () => {
    const head = ['check', '', 'what was wrong'];
    const summary = new SummaryWriter(undefined).table(head, [
      ['a', raw(''), ''],
      ['b', '', code('')],
    ]);
    expect(summary.markdown()).toBe('| check |\n| --- |\n| a |\n| b |');
    expect(new SummaryWriter(undefined).table(head, [['a', '', 'x']]).markdown()).toBe(
      '| check | what was wrong |\n| --- | --- |\n| a | x |',
    );
    expect(new SummaryWriter(undefined).table(head, []).markdown()).toBe('| check |  | what was wrong |\n| --- | --- | --- |');
  });

  test('has folds that stand open', () => {
    const summary = new SummaryWriter(undefined).details('log', (inner) => inner.text('x'), { open: true });
    expect(summary.markdown()).toBe('<details open><summary>log</summary>\n\nx\n\n</details>');
  });

  test('has titles of folds as they are: a backslash would be shown there', () => {
    const summary = new SummaryWriter(undefined).details('Check "a_b" (http://c) <img> @you', (inner) => inner.text('x'));
    expect(summary.markdown()).toMatch(/^<details><summary>Check "a_b" \(http:&#47;\/c\) &lt;img&gt; &#64;you<\/summary>\n/);
  });

  test('holds no secret', () => {
    const redact = (text: string) => text.replaceAll('s3cret', '***');
    expect(new SummaryWriter(undefined, redact).text('a s3cret').code('s3cret').markdown()).not.toContain('s3cret');
  });

  test('stays below the limit: the largest evidence goes, the verdict stays', async () => {
    const file = join(folder, 'summary.md');
    writeFileSync(file, 'x'.repeat(100_000));
    const summary = new SummaryWriter(file).heading(1, 'verdict').code('a'.repeat(800_000)).code('b'.repeat(400_000)).code('small');
    await summary.write();
    const text = readFileSync(file, 'utf8');
    expect(statSync(file).size).toBeLessThanOrEqual(SUMMARY_LIMIT + 2);
    expect(text).toContain('# verdict');
    expect(text).toContain('782 KiB left out here');
    expect(text).toContain('bbbb');
    expect(text).toContain('small');
    expect(summary.isEmpty).toBe(true);
  });

  test('a label cannot leave its quotes', () => {
    expect(mermaidText('a"]; b\n`c` <d>')).toBe(`"a#quot;]; b 'c' #lt;d#gt;"`);
  });
});

describe('errors', () => {
  test('say what, why and what to do, causes after it', () => {
    const cause = new ProcessError({ command: ['helm', 'upgrade'], exitCode: 1, stderr: 'one\nError: two\n' });
    const error = renderError('deploy', new DeployError('helm-failed', 'it failed', { hint: 'try again', cause }));
    expect(error).toMatchObject({ title: 'deploy: Helm failed', message: 'it failed\nWhat to do: try again' });
    expect(error.causes).toEqual(['helm upgrade failed (exit code 1): Error: two', 'helm upgrade\none\nError: two']);
  });

  test('tell the user’s mistakes from ours', () => {
    expect(renderError('deploy', new ConfigurationError('x')).title).toBe('deploy: wrong configuration');
    expect(renderError('deploy', new TypeError('x')).title).toBe('deploy: unexpected error, please report it');
  });

  test('fit an annotation, the hint included', () => {
    const { message } = renderError('deploy', new DeployError('helm-failed', 'x'.repeat(9000), { hint: 'do this' }));
    expect(message.length).toBeLessThanOrEqual(4096);
    expect(message).toContain('What to do: do this');
  });

  test('end with what was seen, as far as there is room', () => {
    const error = (length: number) =>
      Object.assign(new DeployError('helm-failed', 'm'.repeat(length), { hint: 'do this' }), { details: 'seen '.repeat(2_000) });
    expect(renderError('deploy', error(10)).message).toMatch(/^m{10}\nWhat to do: do this\n\nseen seen /);
    for (const length of [10, 3_000, 4_000, 4_070, 4_096, 9_000]) {
      const { message } = renderError('deploy', error(length));
      expect(message.length).toBeLessThanOrEqual(4096);
      expect(message).toContain('What to do: do this');
    }
  });

  test('a loop of causes ends', () => {
    const error = new Error('a');
    error.cause = error;
    expect(renderError('x', error).causes).toEqual(['a']);
  });
});

describe('state and private files', () => {
  test('what the main step saved is read by the post step', () => {
    expect(new State({ STATE_x: '[1]' }).getJson('x')).toEqual([1]);
    expect(new State({}).get('x')).toBe('');
  });

  test('files are private, listed before they are there, and removed', () => {
    const state = new State({});
    const temp = new TempFiles(folder, state);
    const file = temp.file('a b/c', 'secret');
    const inside = temp.directory('d');
    writeFileSync(join(inside, 'x'), '');
    expect([statSync(file).mode & 0o777, statSync(inside).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(state.getJson('tempPaths')).toEqual([file, inside]);
    const later = new TempFiles(folder, new State({ STATE_tempPaths: JSON.stringify([file, inside, '/etc/hostname']) }));
    later.removeAll();
    later.removeAll();
    expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined();
    expect(statSync(inside, { throwIfNoEntry: false })).toBeUndefined();
    expect(statSync('/etc/hostname', { throwIfNoEntry: false })).toBeDefined();
  });

  test('what state lists beside our own files stays: a way up, another name, the root itself', () => {
    const [root, beside] = [join(folder, 'root'), join(folder, 'beside')];
    for (const path of [root, beside, join(root, 'other')]) mkdirSync(path, { recursive: true });
    const listed = [`${root}/../beside`, `${root}/x/../../beside`, join(root, 'other'), root, `${root}/`, `${root}/.`, `${root}/..`];
    new TempFiles(root, new State({ STATE_tempPaths: JSON.stringify(listed) })).removeAll();
    expect([beside, join(root, 'other')].map((path) => existsSync(path))).toEqual([true, true]);
  });
});

describe('GitHub', () => {
  const event = join(folder, 'event.json');
  const pull = (repository: string) => {
    writeFileSync(event, JSON.stringify({ pull_request: { head: { sha: 'head', repo: { full_name: repository } } } }));
    return new GitHubEnvironment({ GITHUB_EVENT_PATH: event, GITHUB_REPOSITORY: 'org/app', GITHUB_SHA: 'merge' });
  };

  test('a pull request: its head, and whether it comes from a fork', () => {
    expect([pull('org/app').headSha, pull('org/app').isOwnEvent]).toEqual(['head', true]);
    expect(pull('stranger/app').isOwnEvent).toBe(false);
    expect(new GitHubEnvironment({ GITHUB_SHA: 'a' }).headSha).toBe('a');
  });

  test('the link to the run, its branch or tag', () => {
    const env = new GitHubEnvironment({
      GITHUB_RUN_ID: '7',
      GITHUB_RUN_ATTEMPT: '2',
      GITHUB_REPOSITORY: 'o/r',
      GITHUB_REF: 'refs/tags/v1',
    });
    expect([env.runUrl, env.refType, env.refName]).toEqual(['https://github.com/o/r/actions/runs/7/attempts/2', 'tag', 'v1']);
  });
});

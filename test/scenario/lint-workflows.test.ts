import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ROOT } from '../../demo/environment.ts';

let copy: string;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'todo-deploy-lint-test-'));
  for (const path of ['.github', 'actions', 'action.yml', 'main.js', 'post.js', 'README.md', 'docs', 'scripts/lint', 'examples/workflows'])
    cpSync(join(ROOT, path), join(copy, path), { recursive: true });
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

function lint(): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts/lint/workflows.ts'), copy], { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

/** Returns the line. */
function misspell(path: string, right: string, wrong: string): number {
  const text = readFileSync(join(copy, path), 'utf8');
  expect(text).toContain(right);
  writeFileSync(join(copy, path), text.replace(right, wrong));
  return text.split('\n').findIndex((line) => line.includes(right)) + 1;
}

test('the YAML of this repository is clean', () => {
  const { status, output } = lint();
  expect(output).toMatch(/\d+ workflows, \d+ actions and \d+ examples are clean/);
  expect(status).toBe(0);
}, 600_000);

test('what is wrong is found, with its place', () => {
  // Examples with an input that the reusable workflow, and one that the action, does not have.
  const inReadme = misspell('README.md', 'chart: ./chart', 'charts: ./chart');
  const inAction = misspell('actions/deploy/README.md', 'chart: ./charts/todo', 'charts: ./charts/todo');
  // An example that leaves the token in the checkout.
  mkdirSync(join(copy, 'docs/more'), { recursive: true });
  writeFileSync(
    join(copy, 'docs/more/bad.md'),
    `# Bad\n\n\`\`\`yaml\n- uses: actions/checkout@v7\n- run: echo \${{ github.event.issue.title }}\n\`\`\`\n`,
  );
  // Our own: rights that the job does not need, an action that is not pinned, metadata with a key that there is none of.
  const ci = join(copy, '.github/workflows/ci.yml');
  writeFileSync(
    ci,
    readFileSync(ci, 'utf8')
      .replace('permissions: {}', 'permissions: write-all')
      .replace(/(actions\/checkout)@\S+/, '$1@v7'),
  );
  appendFileSync(join(copy, 'actions/deploy/action.yml'), 'colour: blue\n');
  // A file to copy with an input that there is none of, and an issue form that asks nothing.
  const sample = join(copy, 'examples/workflows/rollback.yml');
  writeFileSync(sample, readFileSync(sample, 'utf8').replace('reason: ${{', 'because: ${{'));
  writeFileSync(join(copy, '.github/ISSUE_TEMPLATE/bad.yml'), 'name: Bad\ndescription: Asks nothing\n');

  const { status, output } = lint();
  expect(status).toBe(1);
  for (const said of [
    new RegExp(`/README\\.md\\.line\\d+\\.yml:${inReadme}:\\d+: input "charts" is not defined in "./.github/workflows/deploy.yml"`),
    new RegExp(`actions\\.deploy\\.README\\.md\\.line\\d+\\.yml:${inAction}:\\d+: input "charts" is not defined in action`),
    /docs\.more\.bad\.md[\s\S]*template-injection|template-injection[\s\S]*docs\.more\.bad\.md/,
    /excessive-permissions/,
    /unpinned-uses/,
    /actions\/deploy\/action\.yml[\s\S]*colour/,
    /examples\.workflows\.rollback\.yml:\d+:\d+: input "because" is not defined in action/,
    /ISSUE_TEMPLATE\/bad\.yml[\s\S]*'body' is a required property/,
  ])
    expect(output).toMatch(said);
}, 120_000);

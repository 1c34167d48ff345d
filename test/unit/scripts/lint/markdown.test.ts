import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { type Example, examplesOf } from '../../../../scripts/lint/markdown.ts';

const PROSE = Array.from({ length: 20 }, (_, line) => `Prose ${line}`);

/** The one example of a Markdown file that begins, as files do, with prose. */
function only(block: string, fence = '```yaml'): Example {
  const examples = examplesOf('docs/guide.md', [...PROSE, fence, block, '```', 'More', '```sh', 'npm test', '```'].join('\n'));
  expect(examples).toHaveLength(1);
  return examples[0] as Example;
}

describe('examples in Markdown', () => {
  test('a whole workflow stays as it is, on its lines', () => {
    const block = 'on: push\njobs:\n  a: {runs-on: x, steps: [{run: "true"}]}';
    const { place, kind, text } = only(block);
    expect([place, kind]).toEqual(['docs/guide.md:22', 'workflow']);
    expect(text.split('\n').slice(21, 24).join('\n')).toBe(block);
  });

  test('steps of a job get a job around them, on their lines', () => {
    const { kind, text } = only('permissions:\n  contents: read\nsteps:\n  - uses: actions/checkout@v7');
    expect(kind).toBe('workflow');
    expect(parse(text).jobs.example).toMatchObject({ permissions: { contents: 'read' }, steps: [{ uses: 'actions/checkout@v7' }] });
    expect(text.split('\n')[24]).toContain('actions/checkout@v7');
  });

  test('a list of steps gets a job, and the step that it speaks of', () => {
    const { text } = only("- if: steps.build.outputs.sarif-file != ''\n  uses: github/codeql-action/upload-sarif@v4");
    expect(parse(text).jobs.example.steps).toMatchObject([{ id: 'build' }, { uses: 'github/codeql-action/upload-sarif@v4' }]);
  });

  test('jobs alone become a workflow without rights that nobody named', () => {
    expect(parse(only('jobs:\n  a: {runs-on: x, steps: []}').text)).toMatchObject({ permissions: { contents: 'read' } });
  });

  test('other YAML is not taken for a workflow', () => {
    expect(only('- {service: todo-backend, path: /}').kind).toBe('other');
    expect(only('images: |\n  web: ./web', '```yml').kind).toBe('other');
    expect(only('runs:\n  using: node24', '```yaml title=x').kind).toBe('action');
  });

  test('a block inside a list loses its indentation', () => {
    expect(examplesOf('a.md', '- like this:\n  ```yaml\n  on: push\n  jobs: {}\n  ```\n')[0]?.text).toContain('\non: push\njobs: {}\n');
  });

  test('a fence is what Markdown takes for one, wherever it stands, on its line', () => {
    const deep = '# A\n\n- one\n- two\n\n  more\n\n  1. three\n\n     ~~~yml\n     on: push\n     jobs: {}\n     ~~~\n\nEnd\n';
    expect(examplesOf('a.md', deep)).toEqual([{ place: 'a.md:11', kind: 'workflow', text: `${'\n'.repeat(10)}on: push\njobs: {}\n` }]);
    expect(examplesOf('a.md', 'Text\n\n> ```yaml\n> a: 1\n> ```\n')).toEqual([{ place: 'a.md:4', kind: 'other', text: '\n\n\na: 1\n' }]);
    expect(examplesOf('a.md', '````md\n```yaml\na: 1\n```\n````\n\n    ```yaml\n    b: 1\n    ```\n')).toEqual([]);
  });
});

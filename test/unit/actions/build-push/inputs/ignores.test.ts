import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readIgnores } from '../../../../../src/actions/build-push/inputs/ignores.ts';
import { createContext } from '../../../../../src/runtime/action.ts';

let workspace: string;
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'ignores-'));
});
afterEach(() => rmSync(workspace, { recursive: true }));

/** Files used, and what was said. */
function read(files: Record<string, string>, input = '', env: Record<string, string> = {}): { used: string[]; said: string[] } {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(workspace, name), content);
  const said: string[] = [];
  const keep = (line: string): void => void said.push(line);
  const variables = { GITHUB_WORKSPACE: workspace, RUNNER_TEMP: join(workspace, 'temp'), INPUT_TRIVYIGNORES: input, ...env };
  const context = createContext('test', new AbortController().signal, variables);
  const log = { ...context.log, info: keep, warning: keep };
  return { used: readIgnores({ ...context, log }).map((path) => path.replace(`${workspace}/`, '')), said };
}

describe('accepted findings', () => {
  test.each([
    ['.trivyignore', 'CVE-1\n# why\nCVE-2 exp:2027-01-01\n', 2],
    ['.trivyignore.yaml', 'vulnerabilities:\n  - id: CVE-1\n    statement: no\n', 1],
    ['.trivyignore.yml', 'secrets:\n  - id: a\n  - paths: [b]\n    id: c\n', 2],
  ])('of %s in the root count, and it is said', (name, content, count) => {
    expect(read({ [name]: content })).toEqual({ used: [name], said: [`Of ${name}: ${count} accepted finding${count === 1 ? '' : 's'}`] });
  });

  test('there are none', () => {
    expect(read({})).toEqual({ used: [], said: [] });
  });

  test('the input replaces the one in the root', () => {
    expect(read({ '.trivyignore': 'CVE-1\n', other: '' }, 'other')).toEqual({ used: ['other'], said: ['Of other: 0 accepted findings'] });
  });

  test('of two in the root one counts, and the other is named', () => {
    const { used, said } = read({ '.trivyignore': 'CVE-1\n', '.trivyignore.yaml': '' });
    expect([used, said[1]]).toEqual([['.trivyignore.yaml'], 'Trivy takes one file: .trivyignore.yaml counts, .trivyignore does not']);
  });

  test.each([
    ['pull_request_target', ''],
    ['workflow_run', ''],
    ['pull_request_target', '.trivyignore'],
  ])('of a stranger (%s, %s) are said as such', (event, input) => {
    const { used, said } = read({ '.trivyignore': 'CVE-1\n' }, input, { GITHUB_EVENT_NAME: event, GITHUB_REPOSITORY: 'acme/shop' });
    expect(used).toEqual(['.trivyignore']);
    expect(said[1]).toContain('may carry code of people outside of acme/shop: 1 accepted finding count');
  });

  test('a link out of the workspace is refused', () => {
    symlinkSync('/etc/hostname', join(workspace, '.trivyignore'));
    expect(() => read({})).toThrow('The workspace holds .trivyignore');
  });
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ancestryOf } from '../../../../src/actions/shared/ancestry.ts';
import { GitHubClient } from '../../../../src/tools/github/client.ts';
import { UndiciHttp } from '../../../../src/tools/http.ts';
import { NodeProcessRunner } from '../../../../src/tools/process.ts';
import { GitHubStandIn } from '../../../support/github/server.ts';

const FAR = ['a', 'b'].map((letter) => letter.repeat(40)) as [string, string];
let workspace: string;
let commits: string[];
let standIn: GitHubStandIn;
const warnings: string[] = [];

beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'todo-deploy-ancestry-'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', workspace, '-c', 'user.name=ada', '-c', 'user.email=ada@example.com', ...args], { encoding: 'utf8' }).trim();
  git('init', '-q');
  commits = ['one', 'two'].map((message) => {
    git('commit', '-q', '--allow-empty', '-m', message);
    return git('rev-parse', 'HEAD');
  });
  standIn = await GitHubStandIn.start();
});
afterAll(() => {
  standIn.close();
  rmSync(workspace, { recursive: true });
});

const warning = (text: string) => void warnings.push(text);
const log = { info() {}, debug() {}, notice() {}, warning, error() {}, group: <T>(_: string, body: () => Promise<T>) => body() };
function ancestry(token: string) {
  const options = { http: new UndiciHttp(), log, apiUrl: standIn.url, token };
  const github = token === '' ? undefined : new GitHubClient(options);
  return ancestryOf({ runner: new NodeProcessRunner(), log, workspace, repository: 'acme/todo', github });
}

test('the checkout knows', async () => {
  const [one = '', two = ''] = commits;
  const relation = ancestry('');
  expect([await relation(one, two), await relation(two, one), await relation(one, one)]).toEqual(['older', 'newer', 'same']);
  expect(standIn.calls).toEqual([]);
});

test('what a shallow checkout does not hold is asked of GitHub', async () => {
  standIn.comparisons.set(`${FAR[0]}...${FAR[1]}`, 'behind').set(`${FAR[1]}...${FAR[0]}`, 'ahead');
  expect(await ancestry('token')(FAR[1], FAR[0])).toBe('older');
  expect(await ancestry('token')(FAR[0], FAR[1])).toBe('newer');
  expect(standIn.calls[0]?.url).toBe(`/repos/acme/todo/compare/${FAR[0]}...${FAR[1]}?per_page=1`);
  expect([standIn.violations, warnings]).toEqual([[], []]);
});

test('what GitHub does not know or does not say is unknown; a missing permission is named', async () => {
  expect(await ancestry('token')('c'.repeat(40), FAR[0])).toBe('unknown');
  expect(warnings).toEqual([]);
  standIn.next.push({ status: 403, body: { message: 'Resource not accessible by integration' } });
  expect(await ancestry('token')(FAR[1], FAR[0])).toBe('unknown');
  expect(warnings).toEqual([expect.stringMatching(/may not do this \(403: .*\)\. The token needs the permission "contents: read"/)]);
});

test('without a token, or for versions that are no commits, nobody can say', async () => {
  expect(await ancestry('')(FAR[1], FAR[0])).toBe('unknown');
  expect(await ancestry('token')('v1', 'v2')).toBe('unknown');
});

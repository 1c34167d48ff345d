import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ancestryOf } from '../../../src/actions/deploy/ancestry.ts';
import { UndiciHttp } from '../../../src/tools/http.ts';
import { NodeProcessRunner } from '../../../src/tools/process.ts';

const FAR = ['a', 'b'].map((letter) => letter.repeat(40)) as [string, string];
let workspace: string;
let commits: string[];
let server: Server;
let apiUrl: string;
const asked: string[] = [];

beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'todo-deploy-ancestry-'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', workspace, '-c', 'user.name=ada', '-c', 'user.email=ada@example.com', ...args], { encoding: 'utf8' }).trim();
  git('init', '-q');
  commits = ['one', 'two'].map((message) => {
    git('commit', '-q', '--allow-empty', '-m', message);
    return git('rev-parse', 'HEAD');
  });
  // GitHub's compare API, as far as it is asked.
  server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization}`);
    response.end(JSON.stringify({ status: request.url?.includes(`${FAR[0]}...${FAR[1]}`) ? 'behind' : 'ahead' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  apiUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(() => {
  server.close();
  rmSync(workspace, { recursive: true });
});

const log = { info() {}, debug() {}, notice() {}, warning() {}, error() {}, group: <T>(_: string, body: () => Promise<T>) => body() };
const ancestry = (token: string) =>
  ancestryOf({ runner: new NodeProcessRunner(), http: new UndiciHttp(), log, workspace, apiUrl, repository: 'acme/todo', token });

test('the checkout knows', async () => {
  const [one = '', two = ''] = commits;
  const relation = ancestry('');
  expect([await relation(one, two), await relation(two, one), await relation(one, one)]).toEqual(['older', 'newer', 'same']);
  expect(asked).toEqual([]);
});

test('what a shallow checkout does not hold is asked of GitHub', async () => {
  expect(await ancestry('token')(FAR[1], FAR[0])).toBe('older');
  expect(await ancestry('token')(FAR[0], FAR[1])).toBe('newer');
  expect(asked[0]).toBe(`/repos/acme/todo/compare/${FAR[0]}...${FAR[1]}?per_page=1 Bearer token`);
});

test('without a token, or for versions that are no commits, nobody can say', async () => {
  expect(await ancestry('')(FAR[1], FAR[0])).toBe('unknown');
  expect(await ancestry('token')('v1', 'v2')).toBe('unknown');
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Checkout } from '../../../../src/actions/shared/checkout.ts';
import { GitHubEnvironment } from '../../../../src/runtime/github-env.ts';
import { NodeProcessRunner } from '../../../../src/tools/process.ts';

let root: string;
const path = (...names: string[]): string => join(root, ...names);

function git(folder: string, ...args: string[]): string {
  return execFileSync('git', ['-C', path(folder), ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

function commit(file: string, seconds: number): string {
  writeFileSync(path('full', file), String(seconds));
  git('full', 'add', '.');
  const date = `${seconds} +0000`;
  execFileSync('git', ['-C', path('full'), '-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-qm', file], {
    env: { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
  });
  return git('full', 'rev-parse', 'HEAD');
}

const checkout = (folder: string, env: Record<string, string> = {}): Checkout =>
  new Checkout(new NodeProcessRunner(), new GitHubEnvironment({ GITHUB_WORKSPACE: path(folder), ...env }));

let head: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'todo-deploy-checkout-'));
  mkdirSync(path('full', 'front'), { recursive: true });
  mkdirSync(path('full', 'back'));
  mkdirSync(path('none'));
  git('full', 'init', '-q');
  commit('front/a', 1_700_000_000);
  head = commit('back/b', 1_700_001_000);
});
afterAll(() => rmSync(root, { recursive: true }));

describe('a checkout', () => {
  test('the version is HEAD', async () => {
    expect(await checkout('full').version()).toBe(head);
  });

  test('of a pull request its head, not the merge commit', async () => {
    writeFileSync(path('event.json'), JSON.stringify({ pull_request: { head: { sha: 'f'.repeat(40) } } }));
    expect(await checkout('full', { GITHUB_EVENT_PATH: path('event.json') }).version()).toBe('f'.repeat(40));
  });

  test('without Git what GitHub says, and without that an error that helps', async () => {
    expect(await checkout('none', { GITHUB_SHA: 'a'.repeat(40) }).version()).toBe('a'.repeat(40));
    await expect(checkout('none').version()).rejects.toThrow(expect.objectContaining({ name: 'ConfigurationError' }));
  });
});

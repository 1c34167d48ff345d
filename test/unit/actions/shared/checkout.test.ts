import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { versionOf } from '../../../../src/actions/build-push/version.ts';
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

  test('is looked at, wherever the job’s variables for Git lead', async () => {
    const env = { ...process.env, GIT_DIR: path('none'), GIT_WORK_TREE: path('none'), GIT_CEILING_DIRECTORIES: root };
    const looked = new Checkout(new NodeProcessRunner({ env }), new GitHubEnvironment({ GITHUB_WORKSPACE: path('full') }));
    expect(await looked.version()).toBe(head);
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

test('the commit’s time', async () => {
  expect(await checkout('full').commitTime()).toBe(1_700_001_000);
  await expect(checkout('none').commitTime()).rejects.toThrow('Input "reproducible"');
});

describe('what is in no commit', () => {
  const places = (...names: string[]) =>
    names.map((name) => ({ folder: path('full', name), dockerfile: path('full', name, 'Dockerfile') }));
  const write = (name: string, text = 'new'): void => {
    mkdirSync(path('full', name, '..'), { recursive: true });
    writeFileSync(path('full', name), text);
  };
  const changes = (...names: string[]) => checkout('full').changes(places(...names));
  afterEach(() => {
    git('full', 'reset', '-q', '--hard', head);
    git('full', 'clean', '-qfdx');
  });

  test('nothing in a clean checkout, nor without Git, nor outside of it', async () => {
    expect(await changes('front', 'back', '.')).toEqual([]);
    expect(await checkout('none').changes([{ folder: path('none') }])).toEqual([]);
    write('front/a');
    expect(await checkout('full').changes([{ folder: path('none') }, { folder: path('nowhere') }])).toEqual([]);
  });

  test('a file that was changed, staged or not, in a folder that is built', async () => {
    write('front/a');
    expect([await changes('front'), await changes('back'), await changes('.')]).toEqual([['front/a'], [], ['front/a']]);
    git('full', 'add', '.');
    expect(await changes('front')).toEqual(['front/a']);
  });

  test('a file that Git does not know, with any name', async () => {
    write('back/new/line\nbreak');
    write('back/-x y');
    expect((await changes('back')).sort()).toEqual(['back/-x y', 'back/new/line\nbreak']);
    expect(await changes('front')).toEqual([]);
  });

  test('a file that was removed or moved', async () => {
    git('full', 'mv', 'front/a', 'back/moved');
    expect((await changes('front', 'back')).sort()).toEqual(['back/moved', 'front/a']);
    rmSync(path('full', 'back', 'b'));
    expect(await changes('back')).toContain('back/b');
  });

  test('not what Git or the build ignores', async () => {
    writeFileSync(path('full', '.git', 'info', 'exclude'), 'dist\n');
    write('back/dist/out.js');
    write('back/coverage/report');
    write('back/.dockerignore', 'coverage\n.dockerignore\n');
    expect(await changes('back')).toEqual(['back/.dockerignore']);
  });

  test('a Dockerfile elsewhere counts, as does its ignore file', async () => {
    write('docker/api.Dockerfile');
    write('docker/api.Dockerfile.dockerignore', 'b\n');
    write('back/b');
    const place = { folder: path('full', 'back'), dockerfile: path('full', 'docker', 'api.Dockerfile') };
    expect((await checkout('full').changes([place])).sort()).toEqual(['docker/api.Dockerfile', 'docker/api.Dockerfile.dockerignore']);
  });

  test('seen from a workspace that is a folder of the repository, by a link', async () => {
    write('front/a');
    symlinkSync(path('full', 'front'), path('link'));
    expect(await checkout('full/front').changes([{ folder: path('link') }])).toEqual(['front/a']);
  });
});

test('the version says so, and the input "version" gets past', async () => {
  const warnings: string[] = [];
  const log = { warning: (line: string) => void warnings.push(line) };
  const images = [{ name: 'api', context: path('full', 'back'), buildArgs: {}, platforms: [] }];
  const version = (given: string) => versionOf({ version: given, images }, checkout('full'), log);
  expect([await version(''), warnings]).toEqual([head, []]);
  for (const name of ['c', 'd', 'e', 'f']) writeFileSync(path('full', 'back', name), '');
  expect(await version('')).toBe(`${head}-dirty`);
  expect(warnings).toEqual([expect.stringMatching(/back\/c, back\/d, back\/e and 1 more.*-dirty.*"version"/)]);
  expect([await version('1.2.3'), warnings.length]).toEqual(['1.2.3', 1]);
});

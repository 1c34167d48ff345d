import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ROOT } from '../../demo/environment.ts';

let repository: string;
const git = (...args: string[]) =>
  execFileSync('git', ['-C', repository, '-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false', ...args], {
    encoding: 'utf8',
  });

const OURS = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** A commit whose package.json has this version. */
function commit(version: string, more: object = {}): void {
  writeFileSync(join(repository, 'package.json'), JSON.stringify({ ...OURS, version, ...more }, undefined, 2));
  git('add', '--all');
  git('commit', '--quiet', '--message', version);
}

function release(command: string, tag: string): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync('bash', [join(ROOT, 'scripts/release.sh'), command, tag], {
    cwd: repository,
    encoding: 'utf8',
    env: { ...process.env, MAIN: 'main', GITHUB_REPOSITORY: 'org/todo-deploy' },
  });
  return { status, said: stdout + stderr };
}

beforeAll(() => {
  repository = mkdtempSync(join(tmpdir(), 'todo-deploy-release-'));
  git('init', '--quiet', '--initial-branch=main');
  commit('1.9.0');
  git('tag', 'v1.9.0');
  commit('1.10.0');
  git('tag', 'v1.10.0');
  git('tag', 'v1.11.0-rc.1');
  git('tag', 'v1.10.1');
  commit('1.10.2', { repository: undefined });
  git('tag', 'v1.10.2');
  commit('1.10.3', { repository: { type: 'git', url: 'git+https://github.com/other/todo-deploy.git' } });
  git('tag', 'v1.10.3');
  git('checkout', '--quiet', '-b', 'side', 'v1.9.0');
  commit('1.9.1');
  git('tag', 'v1.9.1');
});
afterAll(() => rmSync(repository, { recursive: true, force: true }));

test('a version of main is released', () => {
  expect(release('check', 'v1.10.0')).toEqual({ status: 0, said: '' });
});

test('a tag that is not the version of package.json, not of main, or no version is refused', () => {
  expect(release('check', 'v1.10.1')).toMatchObject({ status: 1, said: expect.stringContaining('package.json says 1.10.0') });
  expect(release('check', 'v1.9.1')).toMatchObject({ status: 1, said: expect.stringContaining('not a commit of main') });
  expect(release('check', 'v1.11.0-rc.1')).toMatchObject({ status: 1, said: expect.stringContaining('not a version') });
});

test('a package that npm would refuse with the provenance of this repository is refused before anything is published', () => {
  expect(release('check', 'v1.10.2')).toMatchObject({ status: 1, said: expect.stringContaining("names the repository ''") });
  expect(release('check', 'v1.10.3')).toMatchObject({
    status: 1,
    said: expect.stringContaining("names the repository 'other/todo-deploy'"),
  });
});

test('the major tag moves to the newest version only, by number and without previews', () => {
  expect(release('major', 'v1.10.3')).toEqual({ status: 0, said: 'v1\n' });
  expect(release('major', 'v1.10.0').said).toBe('');
  expect(release('major', 'v1.9.1').said).toBe('');
});

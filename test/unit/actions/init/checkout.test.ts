import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readCheckout } from '../../../../src/actions/init/checkout.ts';
import { NodeProcessRunner } from '../../../../src/tools/process.ts';
import { failure } from '../../failure.ts';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'todo-deploy-checkout-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const runner = new NodeProcessRunner({ env: { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir() } });
const git = (...args: string[]) =>
  execFileSync('git', ['-C', root, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { encoding: 'utf8' });
const start = () => git('init', '--quiet', '--initial-branch=trunk');

test('files that are committed or new, not those that are ignored', async () => {
  start();
  writeFileSync(join(root, '.gitignore'), 'dist/\n');
  for (const folder of ['dist', 'web app']) mkdirSync(join(root, folder));
  writeFileSync(join(root, 'dist/Dockerfile'), 'FROM a');
  writeFileSync(join(root, 'web app/Dockerfile'), 'FROM b');
  writeFileSync(join(root, 'large'), 'x'.repeat(1024 * 1024 + 1));
  symlinkSync('/etc/hostname', join(root, 'link'));
  writeFileSync(join(root, 'deleted'), '');
  git('add', '.gitignore', 'deleted');
  rmSync(join(root, 'deleted'));
  const { root: found, checkout } = await readCheckout(runner, join(root, 'web app'), undefined);
  expect(found).toBe(root);
  expect(checkout).toMatchObject({
    files: ['.gitignore', 'large', 'link', 'web app/Dockerfile'],
    folder: basename(root),
    remote: undefined,
    branch: 'trunk',
  });
  expect(checkout.read('web app/Dockerfile')).toBe('FROM b');
  for (const path of ['link', 'large', 'none', '.']) expect(checkout.read(path)).toBeUndefined();
});

test("the branch: a flag's, the remote's default, the current one", async () => {
  start();
  git('commit', '--quiet', '--allow-empty', '--message', 'first');
  git('remote', 'add', 'origin', 'git@github.com:acme/shop.git');
  const read = async (branch?: string) => (await readCheckout(runner, root, branch)).checkout;
  expect(await read()).toMatchObject({ branch: 'trunk', remote: 'git@github.com:acme/shop.git' });
  git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
  expect(await read()).toMatchObject({ branch: 'main' });
  expect(await read('release')).toMatchObject({ branch: 'release' });
});

test('outside of a checkout it is refused, in one line', async () => {
  const error = await failure(() => readCheckout(runner, root, undefined));
  expect(error).toMatchObject({ reason: 'configuration', message: `${root} is not in a git checkout` });
  expect(error.hint).toContain('git init');
});

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessRunner } from '../../src/interfaces/process.ts';

/** How users name this repository. */
const PRODUCT = 'org/todo-deploy';

/** The files that a runner downloads for `uses: org/todo-deploy/…@v1`, without this checkout's packages and history. */
export function productCopy(root: string, to: string): string {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  for (const name of ['action.yml', 'actions', 'dist', 'package.json', 'main.js', 'post.js', '.github/workflows']) {
    if (existsSync(join(root, name))) cpSync(join(root, name), join(to, name), { recursive: true });
  }
  return forAct(to, 'v1');
}

/** The same from a tag of what is committed, as on GitHub, without the working tree's changes. `root` is not changed. */
export async function taggedProduct(root: string, tag: string, to: string, runner: ProcessRunner): Promise<string> {
  const git = (...args: string[]) => runner.run({ command: ['git', ...args], timeoutMs: 120_000 });
  const clone = `${to}.git`;
  for (const folder of [clone, to]) rmSync(folder, { recursive: true, force: true });
  await git('clone', '--quiet', '--bare', root, clone);
  await git('-C', clone, 'tag', '--force', tag, (await git('-C', root, 'rev-parse', 'HEAD')).stdout.trim());
  mkdirSync(to, { recursive: true });
  await git('-C', clone, '--work-tree', to, 'checkout', '--quiet', '--force', tag, '--', '.');
  rmSync(clone, { recursive: true, force: true });
  return forAct(to, tag);
}

/** Replaces `$/…`, GitHub's name for the called repository at the called commit, which act does not support, by the name that act is given. */
function forAct(folder: string, tag: string): string {
  const workflows = join(folder, '.github/workflows');
  for (const name of existsSync(workflows) ? readdirSync(workflows) : []) {
    const path = join(workflows, name);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replaceAll(/(\buses:\s*)\$\/(\S+)/g, `$1${PRODUCT}/$2@${tag}`));
  }
  return folder;
}

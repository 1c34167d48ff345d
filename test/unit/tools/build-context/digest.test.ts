import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { contextFiles } from '../../../../src/tools/build-context/digest.ts';
import { readIgnore } from '../../../../src/tools/build-context/ignore.ts';

let folder: string;
const write = (path: string, content = path): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
};
const digest = (): Promise<string | undefined> => contextFiles.digest(folder, join(folder, 'Dockerfile'));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'todo-deploy-context-'));
  for (const path of ['Dockerfile', 'src/a.ts', 'src/b.ts', 'docs/README.md']) write(path);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the digest of a build context', () => {
  test('is the same for the same files, whenever they were written', async () => {
    const before = await digest();
    write('src/a.ts');
    utimesSync(join(folder, 'src/a.ts'), 1, 1);
    expect([before, await digest()]).toEqual([expect.stringMatching(/^sha256:[0-9a-f]{64}$/), before]);
  });

  test.each<[string, () => void]>([
    ['a content', () => write('src/a.ts', 'other')],
    ['a file more', () => write('src/c.ts', '')],
    ['a file less', () => unlinkSync(join(folder, 'src/a.ts'))],
    ['a name', () => execFileSync('mv', [join(folder, 'src/a.ts'), join(folder, 'src/z.ts')])],
    ['a mode', () => chmodSync(join(folder, 'src/a.ts'), 0o755)],
    ['an empty folder', () => mkdirSync(join(folder, 'empty'))],
    ['a content that moved to the next file', () => [write('src/a.ts', 'src/a.tss'), write('src/b.ts', 'rc/b.ts')]],
  ])('changes with %s', async (_, change) => {
    const before = await digest();
    change();
    expect(await digest()).not.toBe(before);
  });

  test('follows a link by what it says, not by where it leads', async () => {
    symlinkSync('/etc/hostname', join(folder, 'link'));
    const before = await digest();
    unlinkSync(join(folder, 'link'));
    symlinkSync('/etc/hosts', join(folder, 'link'));
    expect(await digest()).not.toBe(before);
  });

  test('does not know a folder with a pipe in it', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(await digest()).toBeUndefined();
  });

  test('leaves out what the ignore file does, the Dockerfile’s own first', async () => {
    write('.dockerignore', 'docs\n');
    const before = await digest();
    write('docs/README.md', 'other');
    expect(await digest()).toBe(before);
    write('Dockerfile.dockerignore', 'src\n');
    const own = await digest();
    write('src/a.ts', 'other');
    expect(await digest()).toBe(own);
    write('docs/README.md', 'once more');
    expect(await digest()).not.toBe(own);
  });
});

describe('an ignore file', () => {
  // What BuildKit does with each of them is compared in test/cluster/build-push-known.test.ts.
  test.each<[string, string, boolean]>([
    ['docs', 'docs/README.md', true],
    ['/docs/', 'docs/README.md', true],
    ['docs', 'src/docs', false],
    ['**/docs', 'src/docs/a', true],
    ['*.md', 'README.md', true],
    ['*.md', 'docs/README.md', false],
    ['**/*.md', 'docs/a/README.md', true],
    ['**/*.md', 'README.md', true],
    ['docs/**', 'docs/a/b', true],
    ['*\n!src', 'src/a.ts', false],
    ['*\n!src', 'package.json', true],
    ['docs\n!docs/keep\ndocs/keep/secret', 'docs/keep/secret/a', true],
    ['docs\n!docs/keep', 'docs/keep/a', false],
    ['# docs', 'docs/a', false],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['[ab].txt', 'a.txt', true],
    ['a\\*c', 'a*c', true],
    ['a\\*c', 'abc', false],
    ['./docs/../src', 'src/a', true],
    ['a.b', 'axb', false],
  ])('%j: %s', (text, path, ignored) => {
    expect(readIgnore(text).ignores(path)).toBe(ignored);
  });

  test('with a rule that cannot be read leaves nothing out', () => {
    expect(readIgnore('*\n[a').ignores('a')).toBe(false);
  });
});

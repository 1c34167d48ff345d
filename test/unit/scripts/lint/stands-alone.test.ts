import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect, test } from '@jest/globals';
import { ROOT } from '../../../../demo/environment.ts';

const RELATIVE_PATH = /(?<![\w./])(?:\.\.\/)+[\w.\-/]*/g;
/** Its import rules are patterns for the folders of whoever imports. */
const PATTERNS_ONLY = 'biome.json';

const files = execFileSync('git', ['ls-files', '--', '.', ':!dist', `:!${PATTERNS_ONLY}`], { cwd: ROOT, encoding: 'utf8' })
  .trim()
  .split('\n');
const text = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

test('no file names a path that leaves the repository', () => {
  const outside = files.flatMap((file) =>
    [...text(file).matchAll(RELATIVE_PATH)]
      .map(([path]) => path)
      .filter((path) => posix.join(posix.dirname(file), path).startsWith('..'))
      .map((path) => `${file}: ${path}`),
  );
  expect(outside).toEqual([]);
});

test('no test looks above the repository for what it reads, or is left out', () => {
  const tests = files.filter((file) => /^(test|demo|bench)\/.*\.ts$/.test(file));
  expect(tests.length).toBeGreaterThan(100);
  const wrong = tests.filter((file) => /dirname\(ROOT\)|join\(ROOT, '\.\.|\b(describe|test)\.(skip|todo|only)\b/.test(text(file)));
  expect(wrong).toEqual([]);
});

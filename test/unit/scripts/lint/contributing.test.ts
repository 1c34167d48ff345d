import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { marked } from 'marked';
import { ROOT } from '../../../../demo/environment.ts';

const text = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

const exists = (path: string): boolean => globSync(path, { cwd: ROOT }).length > 0;

/** What CONTRIBUTING names: links to files, and code with a slash or the ending of a file; `<name>` stands for any. */
function namedPaths(): string[] {
  const found = new Set<string>();
  marked.walkTokens(marked.lexer(text), (token) => {
    if (token.type === 'link' && !/^[a-z]+:|^#/.test(token.href)) found.add(token.href.replace(/#.*/, ''));
    if (token.type === 'codespan' && /^[\w.*<>-]*(\/[\w.*<>-]+)+\/?$|^[\w-]*\.(ts|json|md|ya?ml|js|sh)$/.test(token.text))
      found.add(token.text.replaceAll(/<\w+>/g, '*'));
  });
  return [...found];
}

test('every file and folder that CONTRIBUTING names exists', () => {
  const paths = namedPaths();
  expect(paths.length).toBeGreaterThan(20);
  expect(paths.filter((path) => !exists(path))).toEqual([]);
});

test('every npm script that CONTRIBUTING names exists', () => {
  const scripts = [...text.matchAll(/npm (?:run )?(test|(?<=run )[\w-]+)/g)].map(([, name = '']) => name);
  expect(scripts.length).toBeGreaterThan(5);
  expect(scripts.filter((name) => !(name in manifest.scripts))).toEqual([]);
});

test('every pattern of CODEOWNERS fits a file', () => {
  const lines = readFileSync(join(ROOT, '.github/CODEOWNERS'), 'utf8').split('\n');
  const patterns = lines.filter((line) => line.startsWith('/')).map((line) => line.split(/\s/)[0]?.slice(1) ?? '');
  expect(patterns.length).toBeGreaterThan(0);
  expect(patterns.filter((pattern) => !exists(pattern))).toEqual([]);
});

test('.node-version is the Node that the npm package brings', () => {
  expect(readFileSync(join(ROOT, '.node-version'), 'utf8').trim()).toBe(manifest.devDependencies.node);
});

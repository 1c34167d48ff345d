import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { VARIABLES } from '../../../src/runtime/github-env.ts';

const src = join(import.meta.dirname, '..', '..', '..', 'src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
const code = files.map((name) => readFileSync(join(src, name), 'utf8'));

test('every environment variable that is read is in the table', () => {
  const direct = code.flatMap((text) =>
    [...text.matchAll(/\b(?:env|variables|inherited)(?:\??\.|\[')([A-Z][A-Z0-9_]+)/g)].map((match) => match[1] ?? ''),
  );
  const named = code.flatMap((text) => [...text.matchAll(/'(TODO_DEPLOY_[A-Z_]+)'/g)].map((match) => match[1] ?? ''));
  const destructured = code.flatMap((text) =>
    [...text.matchAll(/\{([^{}]*)\} = env\b/g)].flatMap((match) => (match[1] ?? '').match(/[A-Z][A-Z0-9_]{3,}/g) ?? []),
  );
  const read = new Set([...direct, ...named, ...destructured]);
  expect(read.size).toBeGreaterThan(15);
  expect([...read].filter((name) => !(name in VARIABLES)).sort()).toEqual([]);
});

test('the table holds nothing that nobody reads', () => {
  const all = code.join('\n').replace(/export const VARIABLES[\s\S]*?\} as const;/, '');
  expect(Object.keys(VARIABLES).filter((name) => !new RegExp(`\\b${name}\\b`).test(all))).toEqual([]);
});

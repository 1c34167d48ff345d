import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const STAND_INS = join(import.meta.dirname, 'actions');

/** `actions/checkout@3d3c…`, as workflows below a folder pin it → the folder that stands in for it. */
export function githubActions(product: string): Record<string, string> {
  const texts = globSync(join(product, '.github/workflows/*.yml')).map((path) => readFileSync(path, 'utf8'));
  const pinned = texts.flatMap((text) => [...text.matchAll(/\buses: (actions\/([\w-]+)@[0-9a-f]{40})\b/g)]);
  const standIns = pinned.map(([, ref = '', name = '']) => [ref, join(STAND_INS, name)] as const);
  return Object.fromEntries(standIns.filter(([, folder]) => existsSync(folder)));
}

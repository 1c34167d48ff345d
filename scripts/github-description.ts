/**
 * Writes test/support/github/description.json: the operations of GitHub's published API description that the product calls, with all that
 * they refer to. The description comes from the npm package @octokit/openapi, which unpacks to 400 MB and is therefore no dependency.
 * `--check` only compares.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PACKAGE = '@octokit/openapi@23.0.2';
const INTEGRITY = 'sha512-pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg==';
const TARGET = join(import.meta.dirname, '..', 'test', 'support', 'github', 'description.json');
const OPERATIONS: readonly [path: string, method: string][] = [
  ['/repos/{owner}/{repo}/compare/{basehead}', 'get'],
  ['/repos/{owner}/{repo}/statuses/{sha}', 'post'],
];
/** Answers that GitHub gives to any call and describes at some only. */
const ALWAYS = ['#/components/schemas/basic-error', '#/components/schemas/validation-error'];

type Json = null | string | number | boolean | Json[] | { [key: string]: Json };
interface Description {
  openapi: string;
  info: { version: string };
  paths: Record<string, Record<string, Json>>;
}

const folder = mkdtempSync(join(tmpdir(), 'todo-deploy-description-'));
try {
  const text = `${JSON.stringify(excerpt(download()), null, 1)}\n`;
  if (!process.argv.includes('--check')) writeFileSync(TARGET, text);
  else if (readFileSync(TARGET, 'utf8') !== text) {
    console.error(`${TARGET} is not what ${PACKAGE} holds: run scripts/github-description.ts`);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}

function download(): Description {
  const packed = execFileSync('npm', ['pack', PACKAGE, '--json', `--pack-destination=${folder}`], { encoding: 'utf8', cwd: folder });
  const [{ filename, integrity }] = JSON.parse(packed) as [{ filename: string; integrity: string }];
  if (integrity !== INTEGRITY) throw new Error(`${PACKAGE} has the integrity ${integrity}, expected ${INTEGRITY}`);
  const file = 'package/generated/api.github.com.json';
  execFileSync('tar', ['xzf', filename, file], { cwd: folder });
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as Description;
}

function excerpt(description: Description): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [path, method] of OPERATIONS) {
    paths[path] = { ...paths[path], [method]: description.paths[path]?.[method] ?? missing(`${method} ${path}`) };
  }
  const components: Record<string, Record<string, Json>> = {};
  const seen = new Set<string>();
  const open = [...references(paths), ...ALWAYS];
  for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
    if (seen.has(ref)) continue;
    seen.add(ref);
    const [, , kind = '', name = ''] = ref.split('/');
    const value = at(description as unknown as Json, ref);
    components[kind] = { ...components[kind], [name]: value };
    open.push(...references(value));
  }
  const sorted = Object.fromEntries(
    Object.entries(components).map(([kind, values]) => [kind, Object.fromEntries(Object.entries(values).sort())]),
  );
  return { openapi: description.openapi, info: { version: description.info.version, 'x-package': PACKAGE }, paths, components: sorted };
}

function* references(value: Json): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* references(item);
  else if (typeof value === 'object' && value !== null) {
    if (typeof value.$ref === 'string') yield value.$ref;
    for (const inner of Object.values(value)) yield* references(inner);
  }
}

function at(root: Json, ref: string): Json {
  const steps = ref.replace('#/', '').split('/');
  return steps.reduce<Json>((value, step) => (value as Record<string, Json> | undefined)?.[step] ?? missing(ref), root);
}

function missing(what: string): never {
  throw new Error(`The description has no ${what}`);
}

/**
 * Checks the charts: `helm lint --strict`, and kubeconform on what they render, for every values file.
 * The schemas are those of the cluster that kubectl reaches, so nothing is downloaded and the versions are the real ones.
 *
 *   node charts/check.ts        needs helm, kubectl and kubeconform on PATH
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Schema {
  [key: string]: unknown;
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[];
}

const charts = import.meta.dirname;
const ALL_ON = 'frontend.autoscaling.enabled=true,backend.autoscaling.enabled=true,ingress.enabled=true,ingress.hosts={todo.example.com}';

function run(program: string, args: string[], input?: string): string {
  return execFileSync(program, args, { encoding: 'utf8', maxBuffer: 64 << 20, timeout: 120_000, ...(input === undefined ? {} : { input }) });
}

/** Makes unknown fields errors, and gives the two types that are written as several JSON types their real form. */
function strict(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strict);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== 'description' && key !== 'format');
  const schema = Object.fromEntries(kept.map(([key, each]) => [key, strict(each)]));
  if (typeof schema['properties'] === 'object' && !('additionalProperties' in schema)) schema['additionalProperties'] = false;
  return schema;
}

function writeSchemas(folder: string): void {
  const { definitions } = JSON.parse(run('kubectl', ['get', '--raw', '/openapi/v2'])) as { definitions: Record<string, Schema> };
  // A property named `format` or `description` would be lost with the annotation of that name; no checked kind has one that matters.
  const all = strict(definitions) as Record<string, Schema>;
  all['io.k8s.apimachinery.pkg.util.intstr.IntOrString'] = { type: ['integer', 'string'] };
  all['io.k8s.apimachinery.pkg.api.resource.Quantity'] = { type: ['number', 'string'] };
  for (const [name, definition] of Object.entries(definitions)) {
    const kinds = definition['x-kubernetes-group-version-kind'] ?? [];
    if (kinds.length !== 1) continue; // Several: a type of all groups, such as DeleteOptions.
    for (const { group, version, kind } of kinds) {
      const file = [kind.toLowerCase(), group.split('.')[0], version].filter(Boolean).join('-');
      const definitionsUsed = Object.fromEntries([...used(name, all)].map((each) => [each, all[each]]));
      writeFileSync(join(folder, `${file}.json`), JSON.stringify({ $ref: `#/definitions/${name}`, definitions: definitionsUsed }));
    }
  }
}

/** The definition and everything it refers to. */
function used(name: string, all: Record<string, Schema>, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found;
  found.add(name);
  for (const [, next] of JSON.stringify(all[name]).matchAll(/"#\/definitions\/([^"]+)"/g)) if (next) used(next, all, found);
  return found;
}

const folder = mkdtempSync(join(tmpdir(), 'schemas-'));
try {
  writeSchemas(folder);
  const schemas = join(folder, '{{ .ResourceKind }}{{ .KindSuffix }}.json');
  for (const chart of readdirSync(charts, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    const path = join(charts, chart.name);
    for (const file of readdirSync(path).filter((name) => /^values.*\.yaml$/.test(name))) {
      for (const more of [[], ['--set', ALL_ON]]) {
        const values = ['--values', join(path, file), ...more];
        run('helm', ['lint', '--strict', path, ...values]);
        const manifests = run('helm', ['template', chart.name, path, ...values]);
        const summary = run('kubeconform', ['-strict', '-summary', '-schema-location', schemas, '-'], manifests);
        console.log(`${chart.name} ${file}${more.length ? ' with all on' : ''}: ${summary.trim()}`);
      }
    }
  }
} catch (error) {
  const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
  console.error(`${message}\n${stdout}${stderr}`.trim());
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}

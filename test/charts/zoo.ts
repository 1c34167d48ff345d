import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { HelmHook } from '../../src/interfaces/helm.ts';

const ZOO = join(import.meta.dirname, 'zoo');

/** What the split has to make of a chart: objects as `Kind/name`, those of the color without its suffix. */
export interface Expected {
  base: string[];
  color: string[];
  /** Names of the stable Services. */
  stable: string[];
  workers: string[];
  hooks: Parts;
  /** The hooks of an app's first deploy, where they differ in kind. */
  hooksFirst?: Parts;
  /** Patterns, each of which one refusal matches; no refusal where it is empty. */
  refused: string[];
  /** Patterns, each of which one workload that is updated in place matches, by its reason; none where it is left out. */
  inPlace?: string[];
  warned?: string[];
  url?: string;
  /** Values by dotted path of objects, by `Kind/name`. */
  values?: Record<string, Record<string, unknown>>;
}

interface Parts {
  base: string[];
  color: string[];
}

export interface ZooChart {
  name: string;
  /** The folder, an ordinary chart. */
  folder: string;
  /** The manifest as Helm renders it: these charts have no templates but texts. */
  manifest: string;
  hooks: HelmHook[];
  expected: Expected;
}

/** The charts of test/charts/zoo, in the style of charts that people install. */
export function zooCharts(): ZooChart[] {
  return readdirSync(ZOO)
    .sort()
    .map((name) => zooChart(name));
}

function zooChart(name: string): ZooChart {
  const folder = join(ZOO, name);
  const plain: string[] = [];
  const hooks: HelmHook[] = [];
  for (const file of readdirSync(join(folder, 'templates')).sort()) {
    const path = `${name}/templates/${file}`;
    const text = readFileSync(join(folder, 'templates', file), 'utf8').replace(/\{\{ "(.*?)" \}\}/g, '$1');
    for (const document of text.split(/^---$/m)) {
      const hook = hookOf(document, path);
      if (hook) hooks.push(hook);
      else plain.push(`---\n# Source: ${path}\n${document.trim()}\n`);
    }
  }
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected;
  return { name, folder, manifest: plain.join(''), hooks, expected };
}

interface Annotated {
  kind?: string;
  metadata?: { name?: string; annotations?: Record<string, string> };
}

function hookOf(manifest: string, path: string): HelmHook | undefined {
  const [document] = parseAllDocuments(manifest, { version: '1.1', merge: true });
  const object = (document && 'toJS' in document ? document.toJS() : undefined) as Annotated | null | undefined;
  const annotations = object?.metadata?.annotations ?? {};
  const events = annotations['helm.sh/hook'];
  if (events === undefined) return undefined;
  return {
    name: object?.metadata?.name ?? '',
    kind: object?.kind ?? '',
    path,
    manifest,
    events: words(events),
    weight: Number(annotations['helm.sh/hook-weight'] ?? 0),
    deletePolicies: words(annotations['helm.sh/hook-delete-policy'] ?? ''),
  };
}

function words(list: string): string[] {
  return list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

import { ToolError } from '../../interfaces/errors.ts';
import type { HelmHook, HelmRelease, HelmRender } from '../../interfaces/helm.ts';
import { parseJson } from '../../interfaces/reading/json.ts';
import { fieldAt, isMap } from '../../interfaces/values.ts';

interface RawRelease {
  name: string;
  namespace: string;
  version: number;
  info: { status: string; notes?: string; description?: string; last_deployed?: string };
  chart: {
    metadata: { name: string; version: string; appVersion?: string; description?: string };
    templates?: { name: string; data: string }[] | null;
  };
  config?: Record<string, unknown> | null;
  manifest?: string;
  hooks?: RawHook[] | null;
}

interface RawHook {
  name?: string;
  kind?: string;
  path?: string;
  manifest?: string;
  events?: string[] | null;
  weight?: number;
  delete_policies?: string[] | null;
}

interface RawHistory {
  revision: number;
  updated: string;
  status: string;
  chart: string;
  app_version?: string;
  description?: string;
}

/** Helm's JSON; lines before it (warnings of plugins) are passed over. `fits`: whether it has the shape that is read. */
function printed<T>(text: string, what: string, fits: (value: unknown) => boolean): T {
  const start = text.search(/^[[{]/m);
  const wrong = (why: string): ToolError => new ToolError(`${what} did not print JSON: ${why}`, { hint: 'is this Helm 4.2 or newer?' });
  const value = parseJson<T>(start > 0 ? text.slice(start) : text, wrong);
  if (fits(value)) return value;
  throw wrong('it has another shape than Helm gives it');
}

const isRelease = (value: unknown): boolean => isMap(fieldAt(value, 'info')) && isMap(fieldAt(value, 'chart', 'metadata'));
const isHistory = (value: unknown): boolean => Array.isArray(value) && value.every(isMap);

export function parseRender(text: string): HelmRender {
  const { name, namespace, info, chart, config, manifest, hooks } = printed<RawRelease>(text, 'helm upgrade --dry-run', isRelease);
  const { metadata } = chart;
  return {
    release: name,
    namespace,
    chart: {
      name: metadata.name,
      version: metadata.version,
      appVersion: metadata.appVersion,
      description: metadata.description,
    },
    manifest: manifest ?? '',
    hooks: (Array.isArray(hooks) ? hooks.filter(isMap) : []).map(parseHook),
    templates: Object.fromEntries(
      (chart.templates ?? []).map(({ name: file, data }) => [file, Buffer.from(data, 'base64').toString('utf8')]),
    ),
    config: config ?? {},
    notes: info.notes ?? '',
  };
}

function parseHook(hook: RawHook): HelmHook {
  return {
    name: hook.name ?? '',
    kind: hook.kind ?? '',
    path: hook.path ?? '',
    manifest: hook.manifest ?? '',
    events: hook.events ?? [],
    weight: hook.weight ?? 0,
    deletePolicies: hook.delete_policies ?? [],
  };
}

export function parseRelease(text: string): HelmRelease {
  const { name, namespace, version, info, chart } = printed<RawRelease>(text, 'helm upgrade', isRelease);
  return {
    name,
    namespace,
    revision: version,
    status: info.status,
    chart: `${chart.metadata.name}-${chart.metadata.version}`,
    appVersion: chart.metadata.appVersion ?? '',
    updated: info.last_deployed ?? '',
    description: info.description,
  };
}

/** Oldest first. */
export function parseHistory(text: string, name: string, namespace: string): HelmRelease[] {
  return printed<RawHistory[]>(text, 'helm history', isHistory).map((entry) => ({
    name,
    namespace,
    revision: entry.revision,
    status: entry.status,
    chart: entry.chart,
    appVersion: entry.app_version ?? '',
    updated: entry.updated,
    description: entry.description,
  }));
}

/** What Helm prints where there is no such release. */
export const isNotFound = (stderr: string): boolean => /release: not found|has no deployed releases|release not loaded/i.test(stderr);

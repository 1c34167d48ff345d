import type { HelmRender } from '../../interfaces/helm.ts';
import { readManifests } from '../../split/index.ts';
import { fileWord } from '../../split/part/pack.ts';

/**
 * Where an object of the chart comes from: `templates/service.yaml line 12`, the line of the field where the template writes it. `name` is the
 * chart's own, as the name of a part's file has it. undefined where no template makes it.
 */
export type Where = (kind: string, name: string, field?: string) => string | undefined;

/** Pure; the render is read when the first place is asked for. */
export function whereIn({ manifest, hooks, templates }: Pick<HelmRender, 'manifest' | 'hooks' | 'templates'>): Where {
  let known: Made[] | undefined;
  return (kind, name, field) => {
    known ??= [...madeBy(manifest), ...hooks.flatMap((hook) => madeBy(hook.manifest, hook.path))];
    const made = known.find((one) => one.kind === kind && fileWord(one.name) === name);
    if (made === undefined) return undefined;
    const file = made.source.slice(made.source.indexOf('/') + 1);
    const nth = known.filter((one) => one.source === made.source && one.kind === kind).indexOf(made);
    const line = lineIn(templates[file], kind, nth, field);
    return line === undefined ? file : `${file} line ${line}`;
  };
}

interface Made {
  kind: string;
  name: string;
  source: string;
}

const madeBy = (text: string, path?: string): Made[] =>
  readManifests(text, path).manifests.map(({ object, source = '' }) => ({ kind: object.kind, name: object.metadata.name, source }));

/**
 * Of a template's text, counted from 1: where its `nth` object of a kind writes a field, or the last of the field's parents that it writes. A
 * template makes its objects in the order of its text, unless it loops: then they all stand where the last one does.
 */
function lineIn(template: string | undefined, kind: string, nth: number, field = ''): number | undefined {
  const lines = (template ?? '').split('\n');
  const starts = lines.flatMap((line, at) => (keyOf(line) === 'kind' && new RegExp(`\\b${kind}\\b`).test(line) ? [at] : []));
  const start = starts[Math.min(nth, starts.length - 1)];
  if (start === undefined) return undefined;
  const begin = lines.slice(0, start).findLastIndex((line) => line.startsWith('---')) + 1;
  const rest = lines.slice(start).findIndex((line) => line.startsWith('---'));
  const end = rest < 0 ? lines.length : start + rest;
  let [at, depth] = [begin - 1, -1];
  for (const key of field.split(/[.[\]]+/).filter((part) => part !== '' && !/^\d+$/.test(part))) {
    const next = lines.findIndex((line, here) => here > at && here < end && keyOf(line) === key && indentOf(line) > depth);
    if (next < 0) break;
    [at, depth] = [next, indentOf(lines[next] ?? '')];
  }
  return (at < begin ? start : at) + 1;
}

const keyOf = (line: string): string | undefined => /^\s*(?:- +)?"?([\w./-]+)"?:/.exec(line)?.[1];
const indentOf = (line: string): number => /^\s*(?:- +)?/.exec(line)?.[0].length ?? 0;

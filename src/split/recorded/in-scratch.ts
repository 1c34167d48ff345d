import type { PartChart } from '../../interfaces/helm.ts';
import { isA, type KubernetesObject } from '../../interfaces/kubernetes.ts';
import { isMap } from '../../interfaces/values.ts';
import { cap } from '../adapt/caps.ts';
import { whyLeftOut } from '../adapt/left-out.ts';
import { confine } from '../adapt/pods.ts';
import { kindOf, titleOf } from '../kinds/objects.ts';
import { podTemplateOf } from '../kinds/pods.ts';
import { kindNamed, RUN_ONCE, rowOf } from '../kinds/rows.ts';
import { waveRuleOf } from '../kinds/waves.ts';
import type { Finding, PreviewRules } from '../model.ts';
import { type PartFile, unpack, write } from '../part/pack.ts';
import { recordOf, withRecord } from '../part/record.ts';

export interface Scratch {
  /** Namespaces: the app's, and the one that is there for a moment. */
  from: string;
  to: string;
  /** What something else stands in for: why it is left out. */
  replaced(object: KubernetesObject): string | undefined;
  /** Names that all pods find at an address, whatever else they mean. */
  aliases: readonly { ip: string; hostnames: string[] }[];
}

export interface InScratch {
  base: PartChart;
  color: PartChart;
  /** What is left out or otherwise, a line each. */
  adapted: Finding[];
}

const SECRET = { apiVersion: 'v1', kind: 'Secret' } as const;
/** One of each is proof enough. */
const RULES: PreviewRules = { host: '', replicas: 1, storage: Number.POSITIVE_INFINITY };

/**
 * A recorded version as it comes up for a moment in another namespace: without doors, without what runs by the clock or has run once, one
 * replica each. Names that hold the namespace follow it.
 */
export function inScratch(parts: { base: PartChart; color: PartChart }, scratch: Scratch): InScratch {
  const adapted: Finding[] = [];
  const say = (object: KubernetesObject, message: string): void => void adapted.push({ object: titleOf(object), message });
  const gone = new Set<string>();
  const adapt = (part: PartChart): PartFile[] =>
    unpack(part).flatMap(({ file, object }) => {
      const why = leftOut(object, scratch);
      if (why !== undefined) {
        say(object, `left out: ${why}`);
        gone.add(titleOf(object));
        return [];
      }
      for (const line of [...cap(object, RULES, Number.POSITIVE_INFINITY), ...confine(object, RULES)]) say(object, line);
      const moved = movedTo(object, scratch);
      const spec = podTemplateOf(moved)?.spec;
      if (spec && scratch.aliases.length > 0) spec.hostAliases = [...(spec.hostAliases ?? []), ...scratch.aliases];
      return [{ file, object: moved }];
    });
  const base = { ...parts.base, templates: write(adapt(parts.base)) };
  const color = { ...parts.color, templates: write(adapt(parts.color)) };
  return { base, color: withFewer(color, gone), adapted };
}

function leftOut(object: KubernetesObject, { from, replaced }: Scratch): string | undefined {
  if (waveRuleOf(object) === 'door') return 'nobody is let in';
  if (RUN_ONCE.some(({ key }) => key === kindOf(object))) return 'what has run once does not run again';
  if (kindOf(object) === 'cert-manager.io/Certificate') return 'nobody is let in';
  return whyLeftOut(object, RULES, from) ?? replaced(object);
}

/** The record counts what is there. */
function withFewer(part: PartChart, gone: ReadonlySet<string>): PartChart {
  const record = recordOf(part);
  if (record === undefined) return part;
  const workloads = record.workloads
    .filter(({ kind, name }) => !isGone(gone, kind, name) && !rowOf(kindNamed(kind).ref)?.makesJobs)
    .map((workload) => ({
      ...workload,
      coloredName: '',
      ...(workload.replicas !== undefined && { replicas: Math.min(RULES.replicas, workload.replicas) }),
    }));
  return { ...part, chart: withRecord(part.chart, { ...record, workloads }) };
}

const isGone = (gone: ReadonlySet<string>, kind: string, name: string): boolean =>
  ['blue', 'green'].some((color) => gone.has(`${kind}/${name}-${color}`));

function movedTo(object: KubernetesObject, { from, to }: Scratch): KubernetesObject {
  const moved = inNamespace(object, from, to) as KubernetesObject;
  if (moved.metadata.namespace === from) delete moved.metadata.namespace;
  if (isA(moved, SECRET) && isMap(moved.data)) {
    moved.data = Object.fromEntries(Object.entries(moved.data).map(([key, value]) => [key, decodedIn(String(value), from, to)]));
  }
  for (const alias of podTemplateOf(moved)?.spec?.hostAliases ?? []) {
    alias.hostnames = (alias.hostnames ?? []).map((name) => (name.endsWith(`.${from}`) ? `${name.slice(0, -from.length)}${to}` : name));
  }
  for (const subject of Array.isArray(moved.subjects) ? moved.subjects.filter(isMap) : []) {
    if (subject.namespace === from) subject.namespace = to;
  }
  return moved;
}

/** `database.shop.svc` leads to the one of the other namespace, which is not to be reached. */
function inNamespace(value: unknown, from: string, to: string): unknown {
  if (typeof value === 'string') return value.replaceAll(`.${from}.svc`, `.${to}.svc`);
  if (Array.isArray(value)) return value.map((each) => inNamespace(each, from, to));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, inNamespace(each, from, to)]));
}

function decodedIn(value: string, from: string, to: string): string {
  const text = Buffer.from(value, 'base64');
  const moved = inNamespace(text.toString('latin1'), from, to) as string;
  return moved === text.toString('latin1') ? value : Buffer.from(moved, 'latin1').toString('base64');
}

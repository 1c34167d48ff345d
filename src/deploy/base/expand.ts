import type { PartChart } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { serviceSpec } from '../../split/kinds/fields.ts';
import { type BaseRecord, type Waiting, withBaseRecord, workFor } from '../../split/part/base-record.ts';
import { type PartFile, unpack } from '../../split/part/pack.ts';
import { isHook } from '../../split/read/hooks.ts';
import { describe, identityOf, SERVICE } from '../kube/names.ts';
import type { Change, Placed, Surroundings } from './waves/change.ts';
import { placeChange } from './waves/sort.ts';

export interface Expansion {
  /** It records what waits. */
  part: PartChart;
  waiting: Waiting[];
}

const write = (object: KubernetesObject): string => `${JSON.stringify(object, null, 2)}\n`;

/** Pure: the base as it is while both colors are up: it serves either of them. What of the wanted one waits is recorded in it. */
export function expandPart(
  wanted: PartChart,
  before: PartChart | undefined,
  around: Omit<Surroundings, 'before' | 'wanted'>,
  record: Omit<BaseRecord, 'waiting' | 'expanded'>,
): Expansion {
  const files = unpack(wanted);
  const last = (before ? unpack(before) : []).filter(({ object }) => !isHook(object));
  const surroundings = { ...around, before: last.map(({ object }) => object), wanted: files.map(({ object }) => object) };
  const known = new Map(last.map(({ object }) => [identityOf(object), object]));
  const names = new Set(files.map(({ object }) => identityOf(object)));

  const work = [
    ...files.map(({ file, object }) => ({ file, change: { before: known.get(identityOf(object)), wanted: object } })),
    ...last
      .filter(({ object }) => !names.has(identityOf(object)))
      .map(({ file, object }) => ({ file: `kept-${file.replace(/^kept-/, '')}`, change: { before: object } })),
  ];
  const placed = work.flatMap(({ file, change }) => placedFiles(file, change, surroundings));
  const templates = placed.flatMap(({ file, now }) => (now ? [[file, textOf({ file, object: now }, wanted, files)]] : []));
  const waiting = placed.flatMap(waitingOf);
  return { part: withBaseRecord({ ...wanted, templates: Object.fromEntries(templates) }, { ...record, waiting }), waiting };
}

interface PlacedFile extends Placed {
  file: string;
  change: Change;
}

function placedFiles(file: string, change: Change, around: Surroundings): PlacedFile[] {
  if (change.wanted && isHook(change.wanted)) return [{ file, change, now: change.wanted, wanted: change.wanted }];
  return placeChange(change, around).map((one, index) => ({ ...one, change, file: index === 0 ? file : `next-${file}` }));
}

/** As it was written, where it is as it is wanted. */
const textOf = ({ file, object }: PartFile, wanted: PartChart, files: readonly PartFile[]): string =>
  files.some((one) => one.file === file && one.object === object) ? (wanted.templates[file] ?? '') : write(object);

function waitingOf({ between, ...placed }: PlacedFile): Waiting[] {
  if (between) {
    const first: PlacedFile = { ...placed, wanted: between, wave: 'switch' };
    return [first, { ...placed, now: between }].flatMap(waitingOf);
  }
  const { file, now, wanted, wave, change } = placed;
  if (wave === undefined || (now === undefined && wanted === undefined)) return [];
  const object = wanted ?? now;
  const what =
    wanted === undefined
      ? 'removal'
      : now === undefined
        ? 'addition'
        : change.wanted?.kind === SERVICE.kind
          ? fieldsOf(now, wanted)
          : 'change';
  return [{ wave, text: `${what} of ${object ? describe(object) : ''}`, file, ...workFor(now, wanted) }];
}

/** What of a Service waits. */
const fieldsOf = (now: KubernetesObject | undefined, wanted: KubernetesObject): string =>
  JSON.stringify(serviceSpec(now ?? wanted).ports) === JSON.stringify(serviceSpec(wanted).ports) ? 'selector' : 'ports';

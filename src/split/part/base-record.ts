import { ToolError } from '../../interfaces/errors.ts';
import type { PartChart } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { parseJsonObject } from '../../interfaces/reading/json.ts';
import { type Edit, editsOf, withEdits } from './edits.ts';
import { unpack, write } from './pack.ts';

/** On the base's part chart, and so in its release: what waits until the version serves, so that any later run can apply it. */
const BASE_ANNOTATION = 'todo-deploy.dev/base';

/** When a change of the base is due: with the switch, and back with it; or when the old color is gone. */
export type Wave = 'switch' | 'end';

/** One object of the base that is not yet as its version wants it. */
export interface Waiting {
  wave: Wave;
  /** For people: `removal of NetworkPolicy/db`. */
  text: string;
  /** Its file in the part chart. */
  file: string;
  /** From the object as the part holds it to the wanted one. */
  edits?: Edit[];
  /** The wanted object, where the part does not hold it yet. */
  object?: KubernetesObject;
  /** It goes. */
  gone?: true;
}

export interface BaseRecord {
  /** Whose base it is. */
  version: string;
  /** Hash of the wanted base. */
  hash: string;
  waiting?: Waiting[];
  /** Revision of the base as it was until the switch: what goes back with a switch back. */
  expanded?: number;
}

/** Pure: what has to be done to one file of a part that holds `now`, to have it hold `wanted`. */
export function workFor(
  now: KubernetesObject | undefined,
  wanted: KubernetesObject | undefined,
): Pick<Waiting, 'edits' | 'object' | 'gone'> {
  if (wanted === undefined) return { gone: true };
  return now === undefined ? { object: wanted } : { edits: editsOf(now, wanted) };
}

/** Pure: the part with its record. */
export function withBaseRecord(part: PartChart, record: BaseRecord): PartChart {
  const { waiting, ...rest } = record;
  const text = JSON.stringify(waiting && waiting.length > 0 ? { ...rest, waiting } : rest);
  return { ...part, chart: { ...part.chart, annotations: { ...part.chart.annotations, [BASE_ANNOTATION]: text } } };
}

/** undefined where the part was made by a version of this product that kept no record. */
export function baseRecordOf(part: PartChart): BaseRecord | undefined {
  const text = part.chart.annotations?.[BASE_ANNOTATION];
  return text === undefined ? undefined : parseJsonObject<BaseRecord>(text, unreadable);
}

/** Pure: the part after the changes that wait for one wave, or for any; its record holds the others, and `more`. */
export function advanced(part: PartChart, wave?: Wave, more: Pick<BaseRecord, 'expanded'> = {}): PartChart {
  const record = baseRecordOf(part);
  const all = record?.waiting ?? [];
  const due = all.filter((one) => wave === undefined || one.wave === wave);
  if (!record) return part;
  const now = unpack(part);
  const files = now.flatMap(({ file, object }) => {
    const changes = due.filter((one) => one.file === file);
    if (changes.some((one) => one.gone)) return [];
    return [{ file, object: changes.reduce((wanted, { edits = [] }) => withEdits(wanted, edits), object) }];
  });
  const added = due.flatMap(({ file, object }) => (object ? [{ file, object }] : []));
  const templates = write([...files, ...added]);
  const { expanded: _, ...rest } = record;
  return withBaseRecord({ ...part, templates }, { ...rest, ...more, waiting: all.filter((one) => !due.includes(one)) });
}

const unreadable = (why: string): ToolError => new ToolError(`What a release recorded of its part cannot be read: ${why}`);

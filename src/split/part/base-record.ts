import type { PartChart } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { type Edit, editsOf, withEdits } from './edits.ts';
import { unpack, write } from './pack.ts';

/** On the base's part chart, and so in its release: what waits until the version serves, so that any later run can apply it. */
const BASE_ANNOTATION = 'todo-deploy.dev/base';

/** One object of the base that is not yet as its version wants it. */
export interface Waiting {
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
}

/** Pure: what has to be done to one file of a part that holds `now`, to have it hold `wanted`; undefined where nothing has. */
export function waitingFor(file: string, now: KubernetesObject | undefined, wanted: KubernetesObject | undefined): Waiting | undefined {
  if (wanted === undefined) return now && { file, gone: true };
  if (now === undefined) return { file, object: wanted };
  const edits = editsOf(now, wanted);
  return edits.length > 0 ? { file, edits } : undefined;
}

/** Pure: the part with its record. */
export function withBaseRecord(part: PartChart, record: BaseRecord): PartChart {
  const { waiting, ...rest } = record;
  const text = JSON.stringify(waiting && waiting.length > 0 ? record : rest);
  return { ...part, chart: { ...part.chart, annotations: { ...part.chart.annotations, [BASE_ANNOTATION]: text } } };
}

/** undefined where the part was made by a version of this product that kept no record. */
export function baseRecordOf(part: PartChart): BaseRecord | undefined {
  const text = part.chart.annotations?.[BASE_ANNOTATION];
  return text === undefined ? undefined : (JSON.parse(text) as BaseRecord);
}

/** Pure: the part after the waiting changes that `which` names; its record holds the others. */
export function advanced(part: PartChart, which: (waiting: Waiting) => boolean = () => true): PartChart {
  const record = baseRecordOf(part);
  const all = record?.waiting ?? [];
  const due = all.filter(which);
  if (!record || due.length === 0) return part;
  const now = unpack(part);
  const files = now.flatMap(({ file, object }) => {
    const change = due.find((one) => one.file === file);
    return change?.gone ? [] : [{ file, object: change?.edits ? withEdits(object, change.edits) : object }];
  });
  const added = due.flatMap(({ file, object }) => (object ? [{ file, object }] : []));
  const templates = write([...files, ...added]);
  return withBaseRecord({ ...part, templates }, { ...record, waiting: all.filter((one) => !due.includes(one)) });
}

import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { tryJson, tryJsonObject } from '../../interfaces/reading/json.ts';
import { isMap } from '../../interfaces/values.ts';

/** One step of a path into an object: a field, or the list item that has these keys. */
type Step = { field: string } | { keys: Record<string, unknown> } | { value: unknown } | { index: number };

export interface OwnedField {
  /** E.g. `spec.template.spec.containers[name=web].image`. */
  path: string;
  steps: readonly Step[];
}

/** Pure: the fields (leaves) of an entry of `metadata.managedFields`. */
export function ownedFields(fields: Readonly<Record<string, unknown>>, steps: readonly Step[] = []): OwnedField[] {
  const inner = Object.entries(fields).filter(([key]) => key !== '.');
  if (inner.length === 0) return steps.length === 0 ? [] : [{ path: pathText(steps), steps }];
  return inner.flatMap(([key, value]) => {
    const step = parseStep(key);
    return step === undefined ? [] : ownedFields(isMap(value) ? value : {}, [...steps, step]);
  });
}

function parseStep(key: string): Step | undefined {
  const rest = key.slice(2);
  if (key.startsWith('f:')) return { field: rest };
  if (key.startsWith('k:')) {
    const keys = tryJsonObject<Record<string, unknown>>(rest);
    return keys && { keys };
  }
  if (key.startsWith('v:')) {
    const value = tryJson(rest);
    return value === undefined ? undefined : { value };
  }
  return key.startsWith('i:') ? { index: Number(rest) } : undefined;
}

function pathText(steps: readonly Step[]): string {
  return steps
    .map((step) => {
      if ('field' in step) return `.${step.field}`;
      if ('keys' in step)
        return `[${Object.entries(step.keys)
          .map(([key, value]) => `${key}=${value}`)
          .join(',')}]`;
      return 'value' in step ? `[${JSON.stringify(step.value)}]` : `[${step.index}]`;
    })
    .join('')
    .replace(/^\./, '');
}

/** Pure: what an object has at such a path; undefined where there is nothing. */
export function valueAt(object: unknown, steps: readonly Step[]): unknown {
  return steps.reduce<unknown>((at, step) => {
    if (at === undefined || at === null) return undefined;
    if ('field' in step) return isMap(at) ? at[step.field] : undefined;
    if (!Array.isArray(at)) return undefined;
    if ('index' in step) return at[step.index];
    if ('value' in step) return at.find((item) => item === step.value);
    // A port's protocol is a key of its list even where nobody wrote it.
    return at.find((item: Record<string, unknown>) =>
      Object.entries(step.keys).every(([key, value]) => (item?.[key] ?? defaultOf(key)) === value),
    );
  }, object);
}

const defaultOf = (key: string): unknown => (key === 'protocol' ? 'TCP' : undefined);

/** Pure: who last wrote the field and when: `kubectl-set, 2026-11-24T18:00:00Z`. */
export function writerOf(object: KubernetesObject, field: string, known: (manager: string) => boolean = () => false): string | undefined {
  const writers = (object.metadata.managedFields ?? [])
    .filter((entry) => entry.subresource !== 'status' && !known(entry.manager))
    .filter((entry) =>
      ownedFields(entry.fieldsV1 ?? {}).some(({ path }) => path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`)),
    )
    .sort((a, b) => (b.time ?? '').localeCompare(a.time ?? ''));
  const [last] = writers;
  return last && [last.manager, last.time].filter(Boolean).join(', ');
}

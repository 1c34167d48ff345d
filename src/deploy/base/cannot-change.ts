import { HttpError } from '../../interfaces/errors.ts';
import type { PartChart } from '../../interfaces/helm.ts';
import type { Kubernetes, KubernetesObject } from '../../interfaces/kubernetes.ts';
import { fieldAt } from '../../interfaces/values.ts';
import { withEdits } from '../../split/part/edits.ts';
import { unpack } from '../../split/part/pack.ts';
import { isHook } from '../../split/read/hooks.ts';
import { equal } from '../kube/equal.ts';
import { refOf } from '../kube/kinds.ts';
import { describe, identityOf } from '../kube/names.ts';

/** A refusal names some fields; without them there may be others. */
const ROUNDS = 5;
/** Characters of what the API server says: it may quote the whole object. */
const WHY_LIMIT = 200;

/** Something that stays as it is. */
export interface Stays {
  /** `Kind/name` */
  object: string;
  /** What of it; empty for the object as a whole. */
  fields: string[];
  /** What the API server says. */
  why: string;
}

/**
 * Asks the API server, object by object, whether a part can be had back. What Kubernetes does not let change stays as it is: a claim that
 * was enlarged, a ConfigMap that has become immutable. `later` are the parts that were applied since, newest first: what is the same in
 * all of them is asked about only where it is in `always`.
 */
export async function asFarAsPossible(
  wanted: PartChart,
  later: readonly PartChart[],
  kubernetes: Kubernetes,
  always: (object: KubernetesObject) => boolean = () => false,
): Promise<{ part: PartChart; stays: Stays[] }> {
  const there = Map.groupBy(
    later.flatMap((part) => unpack(part).map(({ object }) => object)),
    identityOf,
  );
  const answers = await Promise.all(
    unpack(wanted).map(async ({ file, object }) => {
      const versions = there.get(identityOf(object)) ?? [];
      const [last] = versions;
      // Hooks are recorded with it, and not applied.
      if (isHook(object) || last === undefined || (versions.every((version) => equal(version, object)) && !always(object)))
        return { file, text: wanted.templates[file] ?? '' };
      const { object: possible, stays } = await possibleOf(object, last, kubernetes);
      return { file, text: stays ? `${JSON.stringify(possible, null, 2)}\n` : (wanted.templates[file] ?? ''), stays };
    }),
  );
  return {
    part: { ...wanted, templates: Object.fromEntries(answers.map(({ file, text }) => [file, text])) },
    stays: answers.flatMap(({ stays }) => stays ?? []),
  };
}

export const stayText = ({ object, fields, why }: Stays): string =>
  `${object}${fields.length > 0 ? ` (${fields.join(', ')})` : ''} stays as it is: ${why.length > WHY_LIMIT ? `${why.slice(0, WHY_LIMIT)}…` : why}`;

async function possibleOf(
  wanted: KubernetesObject,
  last: KubernetesObject,
  kubernetes: Kubernetes,
): Promise<{ object: KubernetesObject; stays?: Stays }> {
  const first = await refusalOf(wanted, kubernetes);
  if (first === undefined) return { object: wanted };
  const why = first.message.split('\n')[0] ?? '';
  const live = await kubernetes.get({ ...refOf(wanted), namespace: wanted.metadata.namespace });
  const fields: string[] = [];
  let object = wanted;
  for (let refusal: HttpError | undefined = first, round = 0; live && round < ROUNDS; round++) {
    const more = [...new Set(refusal.fields.map(wholeList))].filter((field) => !fields.includes(field));
    if (more.length === 0) break;
    fields.push(...more);
    object = more.reduce((one, field) => keptField(one, live, field), object);
    refusal = await refusalOf(object, kubernetes);
    if (refusal === undefined) return { object, stays: { object: describe(wanted), fields, why } };
  }
  return { object: last, stays: { object: describe(wanted), fields: [], why } };
}

/** Ports are merged with live ones that somebody else has set: one of them alone says nothing. */
const wholeList = (field: string): string => field.replace(/^(spec\.ports)\[.*/, '$1');

/** Pure: the object with one field, as the API server names it (`spec.resources.requests[storage]`), as it lives. */
function keptField(object: KubernetesObject, live: KubernetesObject, field: string): KubernetesObject {
  const path = [...field.matchAll(/\[([^\]]*)\]|[^.[\]]+/g)].map(([text, inner]) => inner ?? text);
  const value = path.reduce<unknown>((part, key) => (Array.isArray(part) ? part[Number(key)] : fieldAt(part, key)), live);
  return withEdits(object, [value === undefined ? [path] : [path, value]]);
}

export async function refusalOf(object: KubernetesObject, kubernetes: Kubernetes): Promise<HttpError | undefined> {
  try {
    await kubernetes.apply(object, { fieldManager: 'helm', force: true, dryRun: true });
    return undefined;
  } catch (error) {
    if (error instanceof HttpError && error.status >= 400 && error.status < 500) return error;
    throw error;
  }
}

import pMap, { pMapSkip } from 'p-map';
import { HttpError } from '../../interfaces/errors.ts';
import type { KindRef, Kubernetes, KubernetesObject } from '../../interfaces/kubernetes.ts';
import type { Reason } from '../../interfaces/reasons.ts';
import { RECREATED, RUN_ONCE } from '../../split/kinds/rows.ts';
import type { SplitResult } from '../../split/model.ts';
import { unpack } from '../../split/part/pack.ts';
import { isHook } from '../../split/read/hooks.ts';
import { chartDefinitions } from '../base/crds.ts';
import { type Refusal, refusal } from '../diagnosis/causes/refusal.ts';
import { StepFailure } from '../diagnosis/failure.ts';
import { helmFailure } from '../diagnosis/helm-errors.ts';
import { colorRelease, describe, NAMESPACE } from '../kube/names.ts';
import type { DeployOptions } from '../run/options.ts';
import type { Plan, Run } from '../run/run.ts';
import { checkName, refusedAnew } from './ports-anew.ts';
import { type Siblings, waitsFor } from './siblings.ts';

type Deps = Pick<Run, 'kubernetes' | 'helm' | 'signal'> & {
  options: Run['options'] & Partial<Pick<DeployOptions, 'chart' | 'chartVersion'>>;
};

/** An object of a part as the API server is asked about it, and its kind and name in the chart. */
interface Asked {
  object: KubernetesObject;
  /** The chart's own name: without color. */
  name: string;
  /** Kinds that a deploy deletes and makes anew where a field cannot be changed. */
  recreated: readonly KindRef[];
}

/** What users are on is not deleted for a field that cannot change; a Job that has finished is, and so is what the idle color left. */
const RECREATED_IN = { base: RUN_ONCE.map(({ ref }) => ref), color: RECREATED } as const;

interface Refused extends Asked {
  error: HttpError;
}

const SIDE_BY_SIDE = 8;

/**
 * The API server's own opinion of every object, by a dry run. What it refuses only because another object of the chart is not there yet is no
 * error: that is returned, a line an object. Errors: `StepFailure` with everything else that is refused.
 */
export async function requireValid(run: Deps, plan: Plan): Promise<string[]> {
  const parts = (['base', 'color'] as const).filter((part) => part === 'color' || plan.base !== 'same');
  const asked = parts.flatMap((part) => objectsOf(plan.split[part], RECREATED_IN[part]));
  // Helm gives up at the first kind that it does not know, and its own words say less than the API server's.
  const helm = Promise.all(plan.apart === undefined ? parts.map((part) => tryByHelm(run, plan, part)) : []);
  helm.catch(() => undefined);
  const refused = await refusalsOf(run.kubernetes, asked);
  run.signal.throwIfAborted();
  const siblings = await siblingsOf(run, plan, refused);
  const judged = refused.map((one) => ({ ...one, awaited: waitsFor(one.object, one.error, siblings) }));
  const own = judged.filter(({ awaited }) => awaited === undefined);
  if (own.length > 0) throw failureOf(own, plan);
  await helm;
  return judged.map((one) => `${titleIn(one, plan)} can be checked once ${one.awaited} is there`);
}

/** Helm deletes what the last run left of a hook: hooks are asked about as new objects, or their immutable fields would count. */
const objectsOf = (part: SplitResult['base'], recreated: readonly KindRef[]): Asked[] =>
  unpack(part).map(({ file, object }) => {
    const name = file.replace(/^\d+-[a-z0-9]+-/, '').replace(/\.json$/, '');
    const fresh = { ...object, metadata: { ...object.metadata, name: checkName(object.metadata.name) } };
    return { object: isHook(object) ? fresh : object, name, recreated };
  });

const refusalsOf = (kubernetes: Kubernetes, asked: readonly Asked[]): Promise<Refused[]> =>
  pMap(
    asked,
    async (one) => {
      const error = await refusedFor(kubernetes, one);
      return error === undefined ? pMapSkip : { ...one, error };
    },
    { concurrency: SIDE_BY_SIDE },
  );

async function refusedFor(kubernetes: Kubernetes, { object, recreated }: Asked): Promise<HttpError | undefined> {
  try {
    await kubernetes.apply(object, { fieldManager: 'helm', force: true, dryRun: true });
  } catch (error) {
    if (!(error instanceof HttpError) || error.status < 400 || error.status >= 500) throw error;
    // A deploy deletes and recreates such an object: what cannot be changed in it is no obstacle.
    if (!/field is immutable/.test(error.message) || !recreated.some(({ kind }) => kind === object.kind))
      return await refusedAnew(kubernetes, object, error);
  }
  return undefined;
}

/** The chart's definitions are read, and the namespace is looked for, only where something was refused that they explain. */
async function siblingsOf(run: Deps, plan: Plan, refused: readonly Refused[]): Promise<Siblings> {
  const { kubernetes, options } = run;
  const unknown = refused.some(({ error }) => error.code === 'UnknownKind') && options.chart !== undefined;
  const nowhere = refused.some(({ error }) => error.message.includes(`namespaces "${kubernetes.namespace}" not found`));
  const [definitions, namespace] = await Promise.all([
    unknown ? chartDefinitions(run.helm, { chart: options.chart ?? '', chartVersion: options.chartVersion }) : [],
    nowhere ? kubernetes.get({ ...NAMESPACE, name: kubernetes.namespace }) : undefined,
  ]);
  return {
    objects: [...plan.split.baseObjects, ...plan.split.colorObjects],
    definitions,
    missingNamespace: nowhere && namespace === undefined ? kubernetes.namespace : undefined,
  };
}

/** `Service/web (v1, templates/service.yaml line 9)`: the name in the cluster, and where the chart writes it. */
function titleIn({ object, name, error }: Refused, plan: Plan): string {
  const field = error.fields[0] ?? /: \.([\w.[\]-]+): field not declared/.exec(error.message)?.[1];
  const place = plan.where?.(object.kind, name, field);
  return `${describe(object)} (${object.apiVersion}${place ? `, ${place}` : ''})`;
}

/** All of them in one error; what the server compares below its first line is evidence. */
function failureOf(refused: readonly Refused[], plan: Plan): StepFailure {
  const lines = refused.map((one) => `${titleIn(one, plan)}: ${one.error.message.split('\n')[0]}`);
  const [only] = lines;
  const list = lines.length === 1 ? ` ${only}` : ` ${lines.length} objects:\n- ${lines.join('\n- ')}`;
  const said = refused.map((one) => `${describe(one.object)}: ${one.error.message}`);
  const known = said.map((text) => refusal(text));
  const hints = new Set(refused.flatMap(({ error }, index) => known[index]?.hint ?? error.hint ?? []));
  return new StepFailure(reasonFor(refused, known), `The API server refuses${list}`, {
    hint: [...hints].slice(0, HINTS).join(' ') || undefined,
    cause: refused[0]?.error,
    evidence: [{ title: 'API server', text: said.join('\n') }],
  });
}

const HINTS = 3;

/** Where all are refused for the same reason, that; what the API server does not accept otherwise is the chart's mistake. */
function reasonFor(refused: readonly Refused[], known: readonly (Refusal | undefined)[]): Reason {
  const reasons = new Set(
    refused.map(({ error }, index) => known[index]?.reason ?? (error.status === 403 ? 'access-denied' : 'chart-invalid')),
  );
  const [only] = reasons;
  if (only !== undefined && reasons.size === 1) return only;
  return reasons.has('quota-exceeded') ? 'quota-exceeded' : reasons.has('admission-refused') ? 'admission-refused' : 'chart-invalid';
}

/** Helm's own dry run: whose the objects are, and whether it can apply them. */
async function tryByHelm(run: Deps, plan: Plan, part: 'base' | 'color'): Promise<void> {
  const { helm, options, signal, kubernetes } = run;
  const release = part === 'base' ? options.release : colorRelease(options.release, plan.color);
  const takeOwnership = plan.plain?.claim !== undefined || undefined;
  try {
    await helm.validate({
      release,
      part: plan.split[part],
      values: plan.values,
      description: '',
      timeoutMs: options.timeoutMs,
      signal,
      takeOwnership,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw await helmFailure(error, part === 'base' ? 'the base' : `the color ${plan.color}`, [], kubernetes);
  }
}

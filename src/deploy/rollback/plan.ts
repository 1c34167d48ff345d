import { ConfigurationError } from '../../interfaces/errors.ts';
import type { PartChart } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { outsideServiceRefusals, splitOfRecorded } from '../../split/index.ts';
import { APP_LABEL, COLOR_LABEL, type Color, otherColor, PART_HASH_ANNOTATION } from '../../split/model.ts';
import { advanced, baseRecordOf } from '../../split/part/base-record.ts';
import { hashOf } from '../../split/part/hash.ts';
import { unpack } from '../../split/part/pack.ts';
import { recordOf } from '../../split/part/record.ts';
import { isHook } from '../../split/read/hooks.ts';
import { asFarAsPossible, stayText } from '../base/cannot-change.ts';
import { liveJobs, sameJobs, withDoneJobs } from '../base/jobs-stay.ts';
import { ownPart } from '../base/recorded.ts';
import { driftText } from '../drift/model.ts';
import { equal } from '../kube/equal.ts';
import { colorRelease, describe, SERVICE } from '../kube/names.ts';
import { baseDrift, missing, sayDrift } from '../preflight/lives.ts';
import { notOwn } from '../preflight/namespace-checks.ts';
import { findingText } from '../preflight/plan.ts';
import type { Plan, Run } from '../run/run.ts';
import type { Candidate } from './candidates.ts';
import { withServicesOf } from './lost-base.ts';
import type { Situation } from './read.ts';

type Deps = Pick<Run, 'kubernetes' | 'helm' | 'log' | 'report'> & {
  readonly options: { readonly release: string; readonly reason?: string | undefined };
};

/** What it takes to have this version serve again, from Helm's records alone. Errors: `ConfigurationError` where they are gone. */
export async function planRollback(run: Deps, situation: Situation & { active: Color }, target: Candidate): Promise<Plan> {
  const { helm, kubernetes, options } = run;
  const { release } = options;
  const { entry } = target;
  const { active, serving } = situation;
  const color = otherColor(active);
  const { baseHash, baseRevision } = entry.ownBase ?? entry;
  const warm = target.remains === 'warm';
  const [part, then, now, addresses] = await Promise.all([
    helm.recordedPart(colorRelease(release, entry.color), entry.colorRevision),
    helm.recordedPart(release, baseRevision),
    serving ? helm.recordedPart(release, serving.baseRevision) : undefined,
    warm ? colorAddresses(run, color) : {},
  ]);
  if (!part || !isPartOf(part.part, entry.partHash) || (entry.inPlace && !then)) throw goneError(target);
  const current = (now ?? ownPart(await helm.recordedPart(release)) ?? then)?.part;
  if (!current) throw goneError(target);
  if (!then)
    run.report.notes.push(
      `The base, which both colors share, stays as it is, Services aside: its state at ${entry.version} is no longer recorded`,
    );
  const wanted = then ? advanced(then.part) : withServicesOf(current, part.part, serving?.services ?? []);
  const { same, changed } = bothHold(wanted, current);
  const lost = [...(await baseDrift(run, { baseObjects: same })), ...(await missing(run, changed))].map(driftText);
  sayDrift(run, lost);
  const base = await possibleBase(run, wanted, current, lost);
  const own = then ? (baseRecordOf(then.part)?.hash ?? baseHash) : hashOf(wanted.templates);
  const recorded = {
    app: release,
    namespace: kubernetes.namespace,
    base,
    color: part.part,
    from: entry.color,
    partHash: entry.partHash,
    // With other Jobs than its own it is not the version's base: a later version of that very base has to apply it.
    baseHash: sameJobs(wanted, current) ? own : hashOf(base.templates),
    url: entry.url,
  };
  const split = splitOfRecorded(recorded, color, addresses);
  const hooks = split.hooks.some((hook) => hook.part === 'base');
  return {
    values: part.values,
    split,
    splitFor: (painted, ips) => splitOfRecorded(recorded, painted, ips),
    base: lost.length > 0 ? 'first' : baseWork(base, current, warm, hooks),
    baseDrift: lost.length > 0 ? lost : undefined,
    color,
    active,
    serving,
    firstDeploy: false,
    warm: warm ? { revision: entry.colorRevision } : undefined,
    rollback: {
      from: serving?.version ?? '',
      fromHash: serving?.partHash ?? '',
      reason: options.reason || undefined,
    },
  };
}

const goneError = ({ entry }: Candidate): ConfigurationError =>
  new ConfigurationError(
    `${entry.version} served at ${entry.at}, but Helm no longer has its record: it cannot be restored from the cluster`,
    {
      hint: 'Deploy its commit again, with allow-older: true; or roll back to another version (list: true shows them).',
    },
  );

/** A release that was removed and recreated may hold another version under this revision. */
const isPartOf = (part: PartChart, partHash: string): boolean =>
  recordOf(part)?.partHash === partHash ||
  Object.values(part.templates).some(
    (text) => text.includes(`"${PART_HASH_ANNOTATION}": "${partHash}"`) || text.includes(`"${PART_HASH_ANNOTATION}":"${partHash}"`),
  );

const objectsOf = (part: PartChart): KubernetesObject[] => unpack(part).flatMap(({ object }) => (isHook(object) ? [] : [object]));
const keyOf = (object: KubernetesObject): string => `${object.apiVersion} ${describe(object)}`;

/** Pure: of the base as it was, what it holds now, too: none of it should be missing. */
function bothHold(then: PartChart, now: PartChart): { same: KubernetesObject[]; changed: KubernetesObject[] } {
  const current = new Map(objectsOf(now).map((object) => [keyOf(object), object]));
  const both = objectsOf(then).filter((object) => current.has(keyOf(object)));
  const { same = [], changed = [] } = Object.groupBy(both, (object) => (equal(current.get(keyOf(object)), object) ? 'same' : 'changed'));
  return { same, changed };
}

/** The base as it was, with the Jobs as they are now, and with what Kubernetes does not let change: both are no obstacle. */
async function possibleBase(
  { kubernetes, report, log }: Deps,
  then: PartChart,
  now: PartChart,
  lost: readonly string[],
): Promise<PartChart> {
  if (lost.length === 0 && baseWork(withDoneJobs(then, now), now, false, false) === 'same') return withDoneJobs(then, now);
  const wanted = withDoneJobs(then, await liveJobs([now], kubernetes));
  const { part, stays } = await asFarAsPossible(wanted, [now], kubernetes);
  for (const text of stays.map(stayText)) {
    log.warning(text);
    report.notes.push(text);
  }
  return part;
}

/**
 * Pure: when the base is rolled back. A warm color is proved on the base as it is, so the base follows when users are safe; unless it lacks
 * something that was there then, or has hooks for a rollback.
 */
export function baseWork(then: PartChart, now: PartChart, warm: boolean, hooks: boolean): Plan['base'] {
  const [wanted, there] = [objectsOf(then), objectsOf(now)];
  const current = new Map(there.map((object) => [keyOf(object), object]));
  const same = wanted.length === there.length && wanted.every((object) => equal(current.get(keyOf(object)), object));
  // What still waits there is of the version that is left: its record leads on to that one's base.
  const waits = (baseRecordOf(now)?.waiting ?? []).length > 0;
  if (same && !hooks && !waits) return 'same';
  return warm && !hooks && wanted.every((object) => current.has(keyOf(object))) ? 'last' : 'first';
}

/** ClusterIP of each Service of the color by its stable Service. */
async function colorAddresses({ kubernetes, options }: Deps, color: Color): Promise<Record<string, string>> {
  const { items } = await kubernetes.list(SERVICE, { labelSelector: `${APP_LABEL}=${options.release},${COLOR_LABEL}=${color}` });
  return Object.fromEntries(
    items.flatMap(({ metadata, spec }) => (spec?.clusterIP ? [[metadata.name.slice(0, -color.length - 1), spec.clusterIP]] : [])),
  );
}

/** A live Service outside the app that would take the old pods in before they are proved. Errors: `ConfigurationError`. */
export async function refuseOutsideServices({ kubernetes, options }: Deps, plan: Plan): Promise<void> {
  const found = outsideServiceRefusals(notOwn((await kubernetes.list(SERVICE)).items, options.release), plan.split);
  if (found.length > 0) throw new ConfigurationError(`This version cannot come up: ${found.map(findingText).join('; ')}`);
}

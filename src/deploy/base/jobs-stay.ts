import type { PartChart } from '../../interfaces/helm.ts';
import type { Kubernetes, KubernetesObject } from '../../interfaces/kubernetes.ts';
import { runsOnce } from '../../split/kinds/rows.ts';
import { baseRecordOf, withBaseRecord } from '../../split/part/base-record.ts';
import { hashOf } from '../../split/part/hash.ts';
import { type PartFile, unpack } from '../../split/part/pack.ts';
import { isHook } from '../../split/read/hooks.ts';
import { equal } from '../kube/equal.ts';
import { refOf } from '../kube/kinds.ts';
import { describe } from '../kube/names.ts';
import { refusalOf } from './cannot-change.ts';

const isJob = (object: KubernetesObject): boolean => runsOnce(object) && !isHook(object);
const jobsIn = (part: PartChart): PartFile[] => unpack(part).filter(({ object }) => isJob(object));

/**
 * Pure: the base with the Jobs as they are now. Going back neither runs an old Job again nor undoes a new one. Where they are not its own, its
 * record does not say that it is the version's base: whoever goes back to it later would take it for that.
 */
export function withDoneJobs(then: PartChart, now: PartChart): PartChart {
  const rest = unpack(then).filter(({ object }) => !isJob(object));
  const jobs = jobsIn(now).map(({ file }) => [`job-${file.replace(/^job-/, '')}`, now.templates[file] ?? '']);
  const templates = Object.fromEntries([...rest.map(({ file }) => [file, then.templates[file] ?? '']), ...jobs]);
  const record = baseRecordOf(then);
  const part = { ...then, templates };
  return record && !sameJobs(then, now) ? withBaseRecord(part, { ...record, hash: hashOf(templates) }) : part;
}

/** Pure: whether two parts hold the same Jobs. */
export function sameJobs(one: PartChart, other: PartChart): boolean {
  const [mine, theirs] = [jobsIn(one), jobsIn(other)].map((jobs) => new Map(jobs.map(({ object }) => [describe(object), object])));
  return mine?.size === theirs?.size && [...(mine ?? [])].every(([name, object]) => equal(theirs?.get(name), object));
}

/** Pure: whether a part holds a Job that another has not. */
export const hasMoreJobs = (part: PartChart, other: PartChart): boolean =>
  jobsIn(part).some(({ object }) => !jobsIn(other).some((one) => describe(one.object) === describe(object)));

/**
 * The Jobs that are in the cluster, each as that one of `parts` (newest first) has it which the API server takes: an apply that failed may
 * not have come to it. One that is gone (by its time to live, by hand) is in none: it would run again.
 */
export async function liveJobs(parts: readonly PartChart[], kubernetes: Kubernetes): Promise<PartChart> {
  const byName = Map.groupBy(parts.flatMap(jobsIn), ({ object }) => describe(object));
  const found = await Promise.all([...byName.values()].map((versions) => liveVersion(versions, kubernetes)));
  const templates = found.flatMap((one) => (one ? [[one.file, `${JSON.stringify(one.object, null, 2)}\n`]] : []));
  return { chart: { name: '', version: '' }, templates: Object.fromEntries(templates) };
}

async function liveVersion(versions: readonly PartFile[], kubernetes: Kubernetes): Promise<PartFile | undefined> {
  const [newest] = versions;
  if (!newest || !(await kubernetes.get({ ...refOf(newest.object), namespace: newest.object.metadata.namespace }))) return undefined;
  for (const version of versions) if ((await refusalOf(version.object, kubernetes)) === undefined) return version;
  return newest;
}

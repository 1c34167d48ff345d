import type { PartChart } from '../../interfaces/helm.ts';
import type { KubernetesObject } from '../../interfaces/kubernetes.ts';
import { identityOf } from '../kube/names.ts';
import type { Run } from '../run/run.ts';
import { asFarAsPossible } from './cannot-change.ts';
import { liveJobs, sameJobs, withDoneJobs } from './jobs-stay.ts';
import { ownPart } from './recorded.ts';

/**
 * What a revision of the base recorded, as it can be applied today. It lives otherwise where a later base was tried and could not be taken
 * back, where a person enlarged a claim, and where a Job is gone that had done its work, which would run again. What `wanted` lacks is kept
 * for a while, and nobody else has asked the API server about it. `later`: the revisions since, the oldest first. Returns undefined where the
 * revision is not a part of ours.
 */
export async function livingPart(
  { helm, kubernetes, options: { release } }: Pick<Run, 'helm' | 'kubernetes' | 'options'>,
  { revision, later }: { revision: number; later: readonly number[] },
  wanted: readonly KubernetesObject[],
): Promise<PartChart | undefined> {
  const recorded = ownPart(await helm.recordedPart(release, revision))?.part;
  if (!recorded) return undefined;
  const tried = await Promise.all(later.map(async (one) => ownPart(await helm.recordedPart(release, one))?.part));
  const newestFirst = [...tried.toReversed(), recorded].filter((part) => part !== undefined);
  const jobs = await liveJobs(newestFirst, kubernetes);
  const names = new Set(wanted.map(identityOf));
  const living = sameJobs(recorded, jobs) ? recorded : withDoneJobs(recorded, jobs);
  return (await asFarAsPossible(living, newestFirst, kubernetes, (object) => !names.has(identityOf(object)))).part;
}

import type { Plan } from '../run/run.ts';
import { leftOnPurpose } from '../state/journal.ts';
import type { Preflight } from './plan.ts';

/**
 * Why this version is not deployed, in a sentence: it is older than the one that serves, one of the history that has been replaced since, or
 * just what was gone back from on purpose. undefined where it may be deployed.
 */
export async function whySuperseded(run: Preflight, { serving, split }: Plan): Promise<string | undefined> {
  const { version, allowOlder } = run.options;
  if (allowOlder || !serving || serving.version === version) return undefined;
  const { history } = run.journal.journal;
  const left = leftOnPurpose(history, { version, partHash: split.partHash });
  if (left)
    return `${version} was gone back from by ${left.actor || 'someone'} at ${left.at}${left.rollback?.reason ? ` (${left.rollback.reason})` : ''}; to deploy it all the same set allow-older`;
  const relation = await run.ancestry(version, serving.version);
  if (relation === 'older') return `${version} is older than ${serving.version}, which serves`;
  const replaced = relation === 'unknown' && history.some((entry) => entry.version === version);
  return replaced ? `${version} served before ${serving.version} and was replaced by it` : undefined;
}

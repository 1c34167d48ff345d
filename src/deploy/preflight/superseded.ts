import type { Plan } from '../run/run.ts';
import { rolledBackOnPurpose } from '../state/journal.ts';
import type { Preflight } from './plan.ts';

/**
 * Why this version is not deployed, in a sentence: it is older than the one that serves, it served and has been
 * replaced since, or it was rolled back on purpose. undefined where it may be deployed.
 */
export async function whySuperseded(run: Preflight, { serving, split }: Plan): Promise<string | undefined> {
  const { version, allowOlder } = run.options;
  if (allowOlder || !serving || serving.version === version) return undefined;
  const { history } = run.journal.journal;
  const left = rolledBackOnPurpose(history, { version, partHash: split.partHash });
  if (left)
    return `${version} was rolled back by ${left.actor || 'someone'} at ${left.at}${left.rollback?.reason ? ` (${left.rollback.reason})` : ''}; to deploy it anyway, set allow-older`;
  const relation = await run.ancestry(version, serving.version);
  if (relation === 'older') return `${version} is older than ${serving.version}, which serves`;
  const replaced = relation === 'unknown' && history.some((entry) => entry.version === version);
  return replaced ? `${version} served before ${serving.version} and was replaced by it` : undefined;
}

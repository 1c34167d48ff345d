import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeployOutcome } from '../../../deploy/index.ts';
import type { ActionContext } from '../../../runtime/action.ts';
import type { ReleaseInputs } from '../release-inputs.ts';

/** The whole outcome as JSON, for machines and for what is too long for the summary. Returns its path. */
export async function writeReport(
  context: Pick<ActionContext, 'env' | 'secrets'>,
  inputs: Pick<ReleaseInputs, 'release' | 'cluster'>,
  outcome: DeployOutcome,
  name = 'deploy',
): Promise<string> {
  const { report, error, ...facts } = outcome;
  const { steps, checks, warnings, notes, failure, switchMs, switchBackMs, backMs, inPlace } = report;
  const content = {
    release: inputs.release,
    namespace: inputs.cluster.namespace,
    ...facts,
    message: error?.message,
    switchMs,
    switchBackMs,
    backMs,
    failure,
    steps: steps.map(({ startedAt, endedAt, ...step }) => ({
      ...step,
      startedAt: new Date(startedAt).toISOString(),
      durationMs: endedAt === undefined ? undefined : endedAt - startedAt,
    })),
    checks,
    updatedInPlace: inPlace,
    warnings,
    notes,
  };
  const path = join(await mkdtemp(join(context.env.tempDir, 'todo-deploy-report-')), `${name}.json`);
  await writeFile(path, `${context.secrets.redact(JSON.stringify(content, null, 2))}\n`);
  return path;
}

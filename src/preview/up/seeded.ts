import { toFailure } from '../../deploy/diagnosis/failure.ts';
import type { StepFailure } from '../../deploy/index.ts';
import type { PreviewRules } from '../../split/model.ts';
import { note } from '../isolate/index.ts';
import { ownOf, type Preview } from '../model/index.ts';
import type { UpOptions, UpTools } from './options.ts';
import { runSeed, seedJob } from './seed.ts';

/** Fills a preview with data once. Returns why it could not be. */
export async function seeded(
  { seed, deploy: { imagePullSecrets, timeoutMs }, namespace }: UpOptions,
  preview: Preview,
  { priorityClass }: PreviewRules,
  tools: UpTools,
): Promise<StepFailure | undefined> {
  if (seed === undefined || preview.seeded) return undefined;
  try {
    await runSeed(seedJob(seed, namespace, { imagePullSecrets, priorityClass, own: ownOf(preview) }), tools, timeoutMs);
  } catch (error) {
    tools.signal.throwIfAborted();
    return toFailure(error);
  }
  await note(tools.kubernetes, preview, () => ({ seeded: 'true' }));
  return undefined;
}

import { type CacheExport, exportWhatPassed } from '../../build/cache-export.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { contextFiles } from '../../tools/build-context/digest.ts';
import { readSecretEntries, readSecrets } from './inputs/secrets.ts';
import { createBuilder } from './tools.ts';

const STATE = 'build-cache';

interface Kept {
  env: Record<string, string>;
  exports: CacheExport[];
}

/** The cache is written when the job is over: what deploys the images in a later step does not wait for it. */
export function keepForPost({ state }: ActionContext, kept: Kept): void {
  if (kept.exports.length > 0) state.saveJson(STATE, kept);
}

/** In the post step, before the builder goes. */
export async function writeCaches(context: ActionContext): Promise<void> {
  const kept = context.state.getJson<Kept>(STATE);
  if (kept === undefined) return;
  const images = kept.exports.map(({ spec }) => spec);
  // Read again: a state is no place for them.
  const { secrets } = readSecrets(readSecretEntries(context), { images }, context);
  const tools = {
    builder: createBuilder(context, kept.env),
    contexts: contextFiles,
    log: context.log,
    secrets,
    signal: context.signal,
  };
  await Promise.all(kept.exports.map((one) => exportWhatPassed(one, tools)));
}

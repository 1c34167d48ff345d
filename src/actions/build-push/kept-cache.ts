import { requestFor } from '../../build/build.ts';
import { cacheScope, cacheTo } from '../../build/cache.ts';
import { type CacheExport, exportWhatPassed } from '../../build/cache-export.ts';
import type { BuiltLayout } from '../../build/model.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { contextFiles } from '../../tools/build-context/digest.ts';
import { readSecretEntries, readSecrets } from './inputs/secrets.ts';
import type { BuildPushInputs } from './inputs.ts';
import type { RunSettings } from './settings.ts';
import { type BuildPushTools, createBuilder } from './tools.ts';

const STATE = 'build-cache';

interface Kept {
  env: Record<string, string>;
  exports: CacheExport[];
}

/**
 * Of those whose build made something new. The cache is written when the job is over: what deploys the images in a later step does not wait
 * for it.
 */
export async function keepCaches(
  context: ActionContext,
  inputs: BuildPushInputs,
  tools: BuildPushTools,
  settings: RunSettings,
  layouts: readonly BuiltLayout[],
): Promise<void> {
  const scope = cacheScope(context.env);
  const exports: CacheExport[] = [];
  for (const { spec, cache } of layouts) {
    const to = cacheTo(inputs.cache, `${inputs.registry}/${spec.name}`, scope);
    const isMissing = cache?.missing.some((ref) => to.some((value) => value.includes(`ref=${ref},`)));
    if (to.length === 0 || cache === undefined || !(cache.stepRan || isMissing)) continue;
    const { secrets: _, signal: __, ...request } = requestFor(spec, await settings.build());
    // What was built anew is newer than any cache that could be read.
    const from = cache.stepCached ? request.cacheFrom : [];
    exports.push({
      spec,
      request: { ...request, cacheFrom: from, cacheTo: to },
      keySettings: settings.key(spec),
      key: await settings.contentKey(spec),
    });
  }
  if (exports.length > 0) context.state.saveJson(STATE, { env: tools.docker.env, exports } satisfies Kept);
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

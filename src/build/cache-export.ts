import type { BuildContexts } from '../interfaces/build-context.ts';
import type { Builder, BuildRequest, BuildSecret } from '../interfaces/builder.ts';
import { ToolError } from '../interfaces/errors.ts';
import type { Log } from '../interfaces/log.ts';
import { messageOf } from '../interfaces/values.ts';
import { exportCache } from './build.ts';
import { contentKey, type KeySettings } from './known/key.ts';
import type { ImageSpec } from './model.ts';

/** A cache that is to be written: the build that passed the gate, without its secrets, as what a post step can be told. */
export interface CacheExport {
  spec: ImageSpec;
  request: Omit<BuildRequest, 'output' | 'secrets' | 'signal' | 'onLine'>;
  keySettings: Omit<KeySettings, 'signal'>;
  /** `contentKey` of what was built. */
  key: string | undefined;
}

export interface CacheExportTools {
  builder: Builder;
  contexts: BuildContexts;
  log: Log;
  secrets: Readonly<Record<string, BuildSecret>>;
  signal: AbortSignal;
}

/**
 * Writes the cache of an image that passed the gate. Where the files have changed since, it would be that of another build, which nobody has
 * scanned. The images are in the registry: without it only the next build is slower.
 */
export async function exportWhatPassed({ spec, request, keySettings, key }: CacheExport, tools: CacheExportTools): Promise<void> {
  const { builder, contexts, log, secrets, signal } = tools;
  try {
    if (key === undefined || (await contentKey(spec, { ...keySettings, signal }, contexts)) !== key) {
      throw new ToolError('what it was built from has changed since the build, or cannot be compared');
    }
    await exportCache(spec, { ...request, secrets, signal }, { builder, log });
  } catch (error) {
    signal.throwIfAborted();
    log.warning(`The build cache of ${spec.name} was not written: ${messageOf(error)}`);
  }
}

import { CACHES, type Cache } from '../../../build/cache.ts';
import type { ActionContext } from '../../../runtime/action.ts';

export interface BuilderInputs {
  /** `own`, a name, or a URL. */
  builder: string;
  cache: Cache;
  /** Whether what the registry has is taken instead of building the same again. */
  reuse: boolean;
  timeoutMs: number;
  /** Whether the times in the images are the commit's. */
  reproducible: boolean;
}

/** Where images are built, from which cache, and for how long. */
export function readBuilder({ inputs }: ActionContext): BuilderInputs {
  return {
    builder: inputs.string('builder', {
      default: 'own',
      pattern: /^(?:[A-Za-z0-9][\w.-]*|[a-z][a-z-]*:\/\/\S+)$/,
      describe: 'own, a builder’s name, or a URL such as unix:///run/buildkit/buildkitd.sock',
    }),
    cache: inputs.choice('cache', CACHES, 'registry'),
    reproducible: inputs.boolean('reproducible', false),
    reuse: inputs.boolean('reuse', true),
    timeoutMs: inputs.duration('timeout', '30m', { min: 1000 }),
  };
}

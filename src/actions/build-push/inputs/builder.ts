import { CACHES, type Cache } from '../../../build/cache.ts';
import { REBUILDS, type Rebuild } from '../../../build/rebuild.ts';
import { ConfigurationError } from '../../../interfaces/errors.ts';
import type { ActionContext } from '../../../runtime/action.ts';

export interface BuilderInputs {
  /** `own`, a name, or a URL. */
  builder: string;
  cache: Cache;
  /** Whether what the registry has is taken instead of building the same again. */
  reuse: boolean;
  /** When an image is built without its cache. */
  rebuild: Rebuild[];
  timeoutMs: number;
  /** Whether the times in the images are the commit's. */
  reproducible: boolean;
}

/** Where images are built, from which cache, and for how long. Where they are loaded, no registry is read or written. */
export function readBuilder({ inputs }: ActionContext, isLoaded: boolean): BuilderInputs {
  const given = inputs.choice('cache', CACHES, 'registry');
  const cache = isLoaded && given === 'registry' ? 'off' : given;
  const reuse = inputs.boolean('reuse', true);
  return {
    builder: inputs.string('builder', {
      default: 'own',
      pattern: /^(?:[A-Za-z0-9][\w.-]*|[a-z][a-z-]*:\/\/\S+)$/,
      describe: 'own, a builder’s name, or a URL such as unix:///run/buildkit/buildkitd.sock',
    }),
    cache,
    reproducible: inputs.boolean('reproducible', false),
    reuse,
    rebuild: readRebuild(inputs, reuse && cache === 'registry'),
    timeoutMs: inputs.duration('timeout', '30m', { min: 1000 }),
  };
}

/** Throws ConfigurationError. */
function readRebuild(inputs: ActionContext['inputs'], hasRecords: boolean): Rebuild[] {
  const rules = inputs.choices('rebuild', REBUILDS, ['red']);
  if (rules.includes('never') && rules.length > 1) {
    throw new ConfigurationError(`Input "rebuild" is "${rules.join(',')}": never goes with no other rule`);
  }
  const remembers = rules.find((rule) => rule === 'base' || rule === 'weekly');
  if (remembers === undefined || hasRecords) return rules;
  throw new ConfigurationError(`Input "rebuild": "${remembers}" goes by what the registry holds about the last build`, {
    hint: 'use it with cache: registry and reuse: true, or set rebuild: red',
  });
}

import { imageTags } from '../../../build/tags.ts';
import type { ActionContext } from '../../../runtime/action.ts';

export interface TagInputs {
  tagRules: string[];
  /** '' for the checkout's HEAD. */
  version: string;
}

/** What the images are called. */
export function readTags({ inputs, env }: ActionContext): TagInputs {
  const tagRules = inputs.list('tags', { default: ['sha', 'branch', 'semver'] });
  const version = inputs.string('version', { pattern: /^[\w.+-]{1,128}$/, describe: 'a commit or version such as 1.2.3' });
  // Only to check every rule: the tags themselves are made when the version is known.
  imageTags(tagRules, { version: version || 'HEAD', ref: env.ref });
  return { tagRules, version };
}

import { parse } from 'semver';
import { ConfigurationError } from '../interfaces/errors.ts';
import { isTag } from '../interfaces/image-reference.ts';

export interface TagSource {
  /** Commit or version that is built. */
  version: string;
  /** `refs/heads/main`, `refs/tags/v1.2.3`, `refs/pull/7/merge`, or '' outside of a workflow. */
  ref: string;
}

/** Anything → a valid tag: `feature/login` → `feature-login`. Undefined where nothing valid is left. */
export function sanitizeTag(text: string): string | undefined {
  const tag = text
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 128)
    .replace(/-+$/, '');
  return tag === '' ? undefined : tag;
}

/** `v1.2.3` → `1.2.3`, `1.2`, `1`; a pre-release only whole; `0` alone is left out, since 0.x versions promise nothing. */
export function semverTags(gitTag: string): string[] {
  const version = parse(gitTag);
  if (version === null) return [];
  const { major, minor, prerelease } = version;
  if (prerelease.length > 0) return [version.version];
  return [version.version, `${major}.${minor}`, ...(major === 0 ? [] : [`${major}`])];
}

function branchTags(ref: string): string[] {
  const pull = /^refs\/pull\/(\d+)\//.exec(ref);
  if (pull !== null) return [`pr-${pull[1]}`];
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  const tag = branch === undefined ? undefined : sanitizeTag(branch);
  return tag === undefined ? [] : [tag];
}

/** Rules `sha`, `branch`, `semver`, or a tag as it stands → tags, the version's first, each once. Throws ConfigurationError. */
export function imageTags(rules: readonly string[], source: TagSource): string[] {
  const tags = rules.flatMap((rule) => {
    if (rule === 'sha') return [sanitizeTag(source.version)].filter((tag) => tag !== undefined);
    if (rule === 'branch') return branchTags(source.ref);
    if (rule === 'semver') return source.ref.startsWith('refs/tags/') ? semverTags(source.ref.slice('refs/tags/'.length)) : [];
    if (isTag(rule)) return [rule];
    throw new ConfigurationError(`Input "tags": "${rule}" is neither a rule nor a tag`, {
      hint: 'rules are sha, branch and semver; a tag has letters, digits and . _ -, at most 128',
    });
  });
  return [...new Set(tags)];
}

import { parse } from 'semver';
import { suggestion } from '../interfaces/closest.ts';
import { ConfigurationError } from '../interfaces/errors.ts';
import { isTag } from '../interfaces/image-reference.ts';
import { isMachineTag, isReservedFromBranches, isReservedFromTags } from './reserved-tags.ts';

export interface TagSource {
  /** Commit or version that is built. */
  version: string;
  /** `refs/heads/main`, `refs/tags/v1.2.3`, `refs/pull/7/merge`, or '' outside of a workflow. */
  ref: string;
  /** '' where the event does not say. */
  defaultBranch?: string | undefined;
  /** An event of this repository's own people; others run under the default branch's name with foreign code. */
  isOwnEvent?: boolean | undefined;
}

/** Takes one line about a tag that is not what one might expect. */
type Say = (line: string) => void;

const RULES = ['sha', 'branch', 'semver', 'latest'] as const;
const HINT = 'rules are sha, branch, semver and latest; a tag has letters, digits and . _ -, at most 128';

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

/** Rules `sha`, `branch`, `semver`, `latest`, or a tag as it stands → tags, the version's first, each once. Throws ConfigurationError. */
export function imageTags(rules: readonly string[], source: TagSource, say: Say = () => undefined): string[] {
  const tags = rules.flatMap((rule) => {
    if (rule === 'sha') return versionTag(source.version);
    if (rule === 'branch') return branchTags(source.ref, say);
    if (rule === 'semver') return releaseTags(source.ref, say);
    if (rule === 'latest') return latestTag(source, say);
    return literal(rule);
  });
  return [...new Set(tags)];
}

function versionTag(version: string): string[] {
  const tag = sanitizeTag(version);
  if (tag === undefined) return [];
  if (isMachineTag(tag) || tag.toLowerCase() === 'latest') {
    throw new ConfigurationError(`Input "version" is "${version}": that tag is kept for ${keptFor(tag)}`, {
      hint: 'leave "version" out for the commit, or name one such as 1.2.3',
    });
  }
  return [tag];
}

function branchTags(ref: string, say: Say): string[] {
  const pull = /^refs\/pull\/(\d+)\//.exec(ref);
  if (pull !== null) return [`pr-${pull[1]}`];
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  if (branch === undefined) return [];
  const queued = /^gh-readonly-queue\/.+\/pr-(\d+)-[0-9a-f]+$/.exec(branch)?.[1];
  if (queued !== undefined) return [`queue-pr-${queued}`];
  return named(branch, 'branch', isReservedFromBranches, say);
}

function releaseTags(ref: string, say: Say): string[] {
  const gitTag = /^refs\/tags\/(.+)$/.exec(ref)?.[1];
  if (gitTag === undefined) return [];
  const tags = semverTags(gitTag);
  if (tags.length > 0) return tags;
  const own = named(gitTag, 'tag', isReservedFromTags, say);
  say(`The Git tag ${gitTag} is no semantic version such as v1.2.3: the images get ${own.join(', ') || 'no tag after it'}`);
  return own;
}

/** A name's own tag, with a prefix where it would claim another's. */
function named(name: string, kind: 'branch' | 'tag', isReserved: (tag: string) => boolean, say: Say): string[] {
  const tag = sanitizeTag(name);
  if (tag === undefined) return [];
  if (!isReserved(tag)) return [tag];
  const prefixed = `${kind}-${tag}`.slice(0, 128);
  say(`The tag ${tag} is kept for ${keptFor(tag)}: the images of the ${kind === 'tag' ? 'Git tag' : 'branch'} ${name} get ${prefixed}`);
  return [prefixed];
}

function keptFor(tag: string): string {
  if (tag.toLowerCase() === 'latest') return 'the default branch (rule latest)';
  if (/^buildcache/i.test(tag)) return 'the build cache';
  if (/^sha\d+-/i.test(tag)) return 'documents about an image';
  if (/^(?:queue-)?pr-/i.test(tag)) return 'a pull request';
  return /^[0-9a-f]{40,}$/i.test(tag) ? 'a commit' : 'a release (rule semver)';
}

/** Where nothing says which branch is the default one, whoever asks for it gets it. */
function latestTag({ ref, defaultBranch, isOwnEvent }: TagSource, say: Say): string[] {
  const known = ref !== '' && defaultBranch !== undefined && defaultBranch !== '';
  if (isOwnEvent !== false && (!known || ref === `refs/heads/${defaultBranch}`)) return ['latest'];
  say(`The tag latest is set on the default branch${known ? ` (${defaultBranch})` : ''}, by the repository's own people; this is ${ref}`);
  return [];
}

/** A tag that the user named. */
function literal(rule: string): string[] {
  if (!isTag(rule)) {
    throw new ConfigurationError(`Input "tags": "${rule}" is neither a rule nor a tag`, { hint: answerTo(rule) ?? HINT });
  }
  if (isMachineTag(rule)) {
    throw new ConfigurationError(`Input "tags": "${rule}" is kept for ${keptFor(rule)}`, { hint: HINT });
  }
  const slip = suggestion(rule, RULES);
  const isOtherCase = RULES.some((known) => known === rule.toLowerCase());
  if (isOtherCase) throw new ConfigurationError(`Input "tags": "${rule}" is neither a rule nor what one would tag${slip}`, { hint: HINT });
  return [rule];
}

/** What docker's actions take here. */
function answerTo(rule: string): string | undefined {
  const type = /^type=(\w+)/.exec(rule)?.[1];
  if (type === 'ref') return 'write branch: the branch’s name, or pr-<number>';
  if (type === 'sha' || type === 'semver') return `write ${type}`;
  if (type !== undefined || /^(?:value|pattern|event|enable|prefix|suffix|priority)=/.test(rule)) {
    return `write the tag itself, or a rule: ${RULES.join(', ')}`;
  }
  return /[/:]/.test(rule) ? 'write the tag alone: the inputs "registry" and "images" make the rest of the name' : undefined;
}

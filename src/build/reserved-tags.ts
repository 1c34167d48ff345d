import { parse } from 'semver';

const PULL = /^(?:queue-)?pr-\d+$/i;
/** A commit's full id, in either of Git's formats. */
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i;
/** `1.2.3`, `1.2` and `1`, with `v` or without: a release's. */
const RELEASE = /^v?\d+(?:\.\d+){0,2}$/i;
/** The build cache, and where registries without referrers keep SBOMs and signatures. */
const MACHINE = /^(?:buildcache(?:[.-].*)?|sha(?:256|384|512)-.*)$/i;

/** Whether a tag is kept for machines: no rule, version or literal may take it. */
export const isMachineTag = (tag: string): boolean => MACHINE.test(tag);

/** Whether a tag says something that the name of a Git tag cannot claim: a commit, a pull request, the default branch. */
export const isReservedFromTags = (tag: string): boolean =>
  isMachineTag(tag) || PULL.test(tag) || COMMIT.test(tag) || tag.toLowerCase() === 'latest';

/** Whether a tag says something that a branch's name cannot claim: all of that, and a release. */
export const isReservedFromBranches = (tag: string): boolean => isReservedFromTags(tag) || RELEASE.test(tag) || parse(tag) !== null;

import type { RegistryFailure } from '../../interfaces/registry-provider.ts';
import { ghcrHint } from './ghcr/errors.ts';

/**
 * What registries say, whatever their address: many stand behind a mirror, a proxy or a name of one's own. The first that fits counts.
 */
const WORDS: readonly (readonly [pattern: RegExp, hint: (match: RegExpExecArray) => string])[] = [
  [
    /repository with name '([^']+)' does not exist in the registry with id/i,
    ([, name]) =>
      `Amazon ECR wants a repository to be there first: aws ecr create-repository --repository-name ${name}; or a repository creation template that creates on push`,
  ],
  [
    /tag is immutable|configured as immutable|ImageTagAlreadyExists/i,
    () =>
      'tags of this repository cannot move: leave out those that do ("tags: sha"), or except them (ECR: exclusion filters of the tag mutability; Harbor: the rules under "Tag Immutability")',
  ],
  [
    /configured upper limit|\bquota\b|storage limit/i,
    () => 'the quota of the project is used up: raise it (Harbor: "Project Quotas"), or remove images and run the garbage collection',
  ],
  [/permission_denied: \w+_package|not allowed to (?:create|write) organization package/i, () => ''],
  [/project \S+ not found|PROJECTPOLICYVIOLATION|NOT_FOUND \(.*project/i, () => 'the registry wants the project to be created first'],
  [
    /answered 405\b/,
    () => 'the registry takes no push now: it is read-only while it collects its garbage or is maintained; run the job again later',
  ],
];

/** What to do about a refusal; undefined for what needs no word. */
export function hintOf(failure: RegistryFailure): string | undefined {
  for (const [pattern, hint] of WORDS) {
    const match = pattern.exec(failure.message);
    if (match !== null) return hint(match) || ghcrHint(failure);
  }
  return undefined;
}

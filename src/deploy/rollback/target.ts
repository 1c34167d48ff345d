import { ConfigurationError } from '../../interfaces/errors.ts';
import type { Deployed } from '../state/model.ts';
import type { Candidate } from './candidates.ts';
import { candidateLine } from './describe.ts';

/** What the user asked for. */
export type Target = { kind: 'back'; steps: number } | { kind: 'name'; name: string };

/** The input `to` that gives the app back to plain Helm. */
export const PLAIN = 'plain';

/** Git's own shortest abbreviation. */
const SHORTEST = 4;
const COMMIT = /^[0-9a-f]{4,40}$/i;

/** The input `to`; undefined where it is not understood. */
export function parseTarget(text: string): Target | undefined {
  if (text === 'previous') return { kind: 'back', steps: 1 };
  if (/^-[1-9]\d?$/.test(text)) return { kind: 'back', steps: Number(text.slice(1)) };
  return /^\w[\w.+-]{0,127}$/.test(text) ? { kind: 'name', name: text } : undefined;
}

export interface Choice {
  candidates: readonly Candidate[];
  serving: Deployed | undefined;
  /** What plain Helm ran before the app was taken over. */
  plainVersion?: string | undefined;
}

/**
 * Pure: the version that is meant; `serving` where it is the one that serves already, undefined where no version has this name. Errors:
 * `ConfigurationError` (ambiguous, further back than there is).
 */
export function chooseTarget(target: Target, choice: Choice): Candidate | 'serving' | undefined {
  const { candidates, serving } = choice;
  if (target.kind === 'back') {
    const found = candidates[target.steps - 1];
    if (found) return found;
    const asked = target.steps === 1 ? 'There is no version before the one that serves' : `There is no version ${target.steps} back`;
    throw unknownTarget(asked, choice);
  }
  const { name } = target;
  // The newest of a name: an older one of the same name is reached by its number.
  if (serving?.version === name) return 'serving';
  const exact = candidates.find(({ entry }) => entry.version === name);
  if (exact) return exact;
  if (!COMMIT.test(name) || name.length < SHORTEST) return undefined;
  const starts = (entry: Deployed) => /^[0-9a-f]{40}$/i.test(entry.version) && entry.version.startsWith(name.toLowerCase());
  const named = candidates.filter(({ entry }) => starts(entry));
  const versions = new Set([...(serving && starts(serving) ? [serving.version] : []), ...named.map(({ entry }) => entry.version)]);
  if (versions.size > 1) {
    throw new ConfigurationError(`Input "to" is "${name}": it matches ${versions.size} versions: ${[...versions].join(', ')}`, {
      hint: 'Give more characters of the commit.',
    });
  }
  return serving && starts(serving) ? 'serving' : named[0];
}

/** The error, with the versions that can be rolled back to. */
export function unknownTarget(what: string, { candidates, serving, plainVersion }: Choice): ConfigurationError {
  const lines = candidates.map(candidateLine);
  const list =
    lines.length > 0
      ? `Versions that can be rolled back to:\n${lines.join('\n')}`
      : plainVersion === undefined
        ? 'No version served before it: there is nothing to roll back to.'
        : 'No version of this product served before it.';
  const before =
    plainVersion === undefined
      ? ''
      : `\nBefore, plain Helm ran this app (${plainVersion}), which no color holds: to: ${PLAIN} gives it back under traffic.`;
  return new ConfigurationError(serving ? `${what} (${serving.version})` : what, { hint: `${list}${before}` });
}

import { type Cause, causeOf, firstLine, GRACE } from './cause.ts';

const MISSING = [
  /(?:secrets?|configmaps?) "([^"]+)" not found/i,
  /in (?:Secret|ConfigMap) [^/\s]+\/(\S+)/,
  /non-existent (?:secret|config) key/,
];

/** Pure: the Secret or ConfigMap that a kubelet misses, by its message; '' where a key of it is missing; undefined for anything else. */
export function missingIn(message: string): string | undefined {
  const found = MISSING.map((pattern) => pattern.exec(message)).find((match) => match !== null);
  return found ? (found[1] ?? '') : undefined;
}

/** Pure: a Secret, a ConfigMap or a key of one that is not there. */
export function missingCause(where: string, message: string): Cause {
  const detail = firstLine(message).replace(/^MountVolume\.SetUp failed for (volume "[^"]+") ?: (.*)$/, '$2 ($1)');
  const cause = causeOf('missing-config', `${where} needs configuration that is not there: ${detail}`, GRACE.moment);
  return { ...cause, missing: missingIn(message) || undefined };
}

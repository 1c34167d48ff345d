import { type SemVer, satisfies } from 'semver';

interface KnownBad {
  program: string;
  /** A range of semver. */
  versions: string;
  /** Finishes the sentence "trivy 0.69.4 …". */
  reason: string;
}

/** Versions that are never started again. Helm's known weaknesses (GHSA-q5jf-9vfq-h4h7 and others) are older than the least version. */
const KNOWN_BAD: readonly KnownBad[] = [
  {
    program: 'trivy',
    versions: '0.69.4 - 0.69.6',
    reason: 'was published by attackers in March 2026 and steals what a runner holds (CVE-2026-33634, GHSA-69fq-xp46-6x23)',
  },
];

/** Returns why this version must not be used; undefined where nothing is known against it. */
export function knownBad(program: string, version: SemVer | string): string | undefined {
  return KNOWN_BAD.find((bad) => bad.program === program && satisfies(version, bad.versions))?.reason;
}

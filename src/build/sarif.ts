import { createHash } from 'node:crypto';
import { describeFinding, isBlocking, worstFirst } from './gate.ts';
import type { GateRules, ImageSpec, ScanFinding, Severity } from './model.ts';

const LEVEL: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  CRITICAL: 'error',
  HIGH: 'error',
  MEDIUM: 'warning',
  LOW: 'note',
  UNKNOWN: 'note',
};
/** GitHub sorts by this number; used where there is no CVSS score. */
const SCORE: Readonly<Record<Severity, number>> = { CRITICAL: 9.5, HIGH: 8, MEDIUM: 5.5, LOW: 2, UNKNOWN: 0 };

/** The Dockerfile of an image, from the workspace: where code scanning shows its findings. */
export function dockerfileOf(image: Pick<ImageSpec, 'context' | 'file'>): string {
  return (image.file ?? `${image.context}/Dockerfile`)
    .replace(/^(?:\.\/)+/, '')
    .replace(/\/(?:\.\/)+/g, '/')
    .replace(/\/{2,}/g, '/');
}

/** What GitHub takes of one run; more is refused whole. */
const MOST_RESULTS = 25_000;
const LONGEST_TEXT = 1000;
const LONGEST_ID = 255;

/**
 * SARIF 2.1.0 for GitHub code scanning: one run with what stops the push, worst first, so that code scanning shows what was asked for. `pathOf`
 * gives an image's file, from the root of the repository.
 */
export function toSarif(
  findings: readonly ScanFinding[],
  pathOf: (image: string) => string,
  rules: GateRules,
  trivyVersion: string,
): string {
  const all = findings.filter((finding) => isBlocking(finding, rules)).sort(worstFirst);
  const shown = all.slice(0, MOST_RESULTS);
  const worst = new Map<string, ScanFinding>();
  for (const finding of shown) if (!worst.has(idOf(finding))) worst.set(idOf(finding), finding);
  const byId = [...worst.values()];
  const ruleIndex = new Map(byId.map((finding, index) => [idOf(finding), index]));
  const run = {
    tool: { driver: { name: 'Trivy', version: trivyVersion, informationUri: 'https://trivy.dev', rules: byId.map(rule) } },
    results: shown.map((finding) => ({
      ruleId: idOf(finding),
      ruleIndex: ruleIndex.get(idOf(finding)) ?? 0,
      level: LEVEL[finding.severity],
      message: { text: describeFinding(finding).slice(0, LONGEST_TEXT) },
      locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(pathOf(finding.image)) }, region: { startLine: 1 } } }],
      // The only one that GitHub looks at.
      partialFingerprints: { primaryLocationLineHash: `${fingerprint(finding)}:1` },
      properties: { image: finding.image, platform: finding.platform, target: finding.target, package: finding.package },
    })),
    columnKind: 'utf16CodeUnits',
    properties: { leftOut: all.length - shown.length },
  };
  return `${JSON.stringify({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] }, null, 2)}\n`;
}

function rule(finding: ScanFinding): unknown {
  const { kind, severity, score, title, url } = finding;
  // A licence is no weakness: GitHub would list it with its own scale of them.
  const weakness = kind === 'license' ? {} : { 'security-severity': (score ?? SCORE[severity]).toFixed(1) };
  return {
    id: idOf(finding),
    shortDescription: { text: (title || finding.id).slice(0, LONGEST_TEXT) },
    helpUri: url === undefined ? undefined : URL.parse(url)?.href,
    defaultConfiguration: { level: LEVEL[severity] },
    properties: { tags: [...(kind === 'license' ? [] : ['security']), kind, severity], precision: 'very-high', ...weakness },
  };
}

/** The name that a scanner gives to a licence may be its whole text. */
function idOf({ id }: ScanFinding): string {
  return id.length <= LONGEST_ID ? id : `${id.slice(0, LONGEST_ID - 17)}-${hash(id).slice(0, 16)}`;
}

/** A relative reference: a colon or a space in a path would make it something else. */
const uriOf = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

function fingerprint(finding: ScanFinding): string {
  const parts = [
    finding.image,
    finding.platform,
    finding.kind,
    finding.id,
    finding.package ?? '',
    finding.target,
    String(finding.line ?? ''),
  ];
  return hash(parts.join('\0'));
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

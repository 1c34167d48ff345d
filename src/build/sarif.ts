import { createHash } from 'node:crypto';
import { describeFinding, isBlocking } from './gate.ts';
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

/** SARIF 2.1.0 for GitHub code scanning: one run, every finding of every platform, stable fingerprints. */
export function toSarif(findings: readonly ScanFinding[], images: readonly ImageSpec[], rules: GateRules, trivyVersion: string): string {
  const files = new Map(images.map((image) => [image.name, dockerfileOf(image)]));
  const byId = [...new Map(findings.map((finding) => [finding.id, finding])).values()];
  const ruleIndex = new Map(byId.map((finding, index) => [finding.id, index]));
  const run = {
    tool: { driver: { name: 'Trivy', version: trivyVersion, informationUri: 'https://trivy.dev', rules: byId.map(rule) } },
    results: findings.map((finding) => ({
      ruleId: finding.id,
      ruleIndex: ruleIndex.get(finding.id) ?? 0,
      level: LEVEL[finding.severity],
      message: { text: describeFinding(finding) },
      locations: [{ physicalLocation: { artifactLocation: { uri: files.get(finding.image) ?? finding.image }, region: { startLine: 1 } } }],
      partialFingerprints: { finding: fingerprint(finding) },
      properties: { image: finding.image, platform: finding.platform, target: finding.target, blocking: isBlocking(finding, rules) },
    })),
    columnKind: 'utf16CodeUnits',
  };
  return `${JSON.stringify({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] }, null, 2)}\n`;
}

function rule(finding: ScanFinding): unknown {
  return {
    id: finding.id,
    shortDescription: { text: finding.title },
    helpUri: finding.url,
    defaultConfiguration: { level: LEVEL[finding.severity] },
    properties: {
      tags: ['security', finding.kind, finding.severity],
      precision: 'very-high',
      'security-severity': (finding.score ?? SCORE[finding.severity]).toFixed(1),
    },
  };
}

function fingerprint(finding: ScanFinding): string {
  const parts = [finding.image, finding.platform, finding.kind, finding.id, finding.package ?? '', finding.target];
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}

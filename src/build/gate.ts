import { ToolError } from '../interfaces/errors.ts';
import { fieldAt, isMap } from '../interfaces/values.ts';
import { type GateRules, type PlatformScan, type ScanFinding, SEVERITIES, type Severity } from './model.ts';

type Json = Record<string, unknown>;

interface Subject {
  image: string;
  platform: string;
  digest: string;
}

/** Trivy's JSON report on one platform → findings, worst first. Throws ToolError where it is no such report: a gate never passes unread. */
export function readReport(report: unknown, subject: Subject): PlatformScan {
  if (!isMap(report) || report.SchemaVersion !== 2) throw unreadable(subject, 'it is no report of schema version 2');
  const maps = (value: unknown, what: string): Json[] => {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value) && value.every(isMap)) return value;
    throw unreadable(subject, `"${what}" is no list of objects`);
  };
  const results = maps(report.Results, 'Results');
  const findings = results.flatMap((result) => [
    ...maps(result.Vulnerabilities, 'Vulnerabilities').map((item) => vulnerability(item, result)),
    ...maps(result.Secrets, 'Secrets').map((item) => secret(item, result)),
    ...maps(result.Misconfigurations, 'Misconfigurations').map((item) => misconfiguration(item, result)),
    ...maps(result.Licenses, 'Licenses').map((item) => license(item, result)),
  ]);
  return {
    ...subject,
    packages: results.reduce((count, result) => count + maps(result.Packages, 'Packages').length, 0),
    findings: findings.map((finding) => ({ ...finding, image: subject.image, platform: subject.platform })).sort(worstFirst),
  };
}

/** An image is known by its configuration, which names its layers. Throws ToolError where the report is on another one than was built. */
export function checkSubject(report: unknown, subject: Subject, config: string | undefined): void {
  const seen = fieldAt(report, 'Metadata', 'ImageID');
  if (seen !== config) throw unreadable(subject, `it is on the image ${String(seen).slice(0, 80)}, and ${config} was built`);
}

function unreadable({ image, platform }: Subject, why: string): ToolError {
  return new ToolError(`The scan of ${image} (${platform}) produced no Trivy report that can be read: ${why}`, {
    reason: 'scan-failed',
    hint: 'is the trivy on PATH the program of that name?',
  });
}

type Bare = Omit<ScanFinding, 'image' | 'platform'>;

function vulnerability(item: Json, result: Json): Bare {
  return {
    kind: 'vulnerability',
    ...common(item, result, text(item.VulnerabilityID)),
    package: text(item.PkgName),
    installedVersion: text(item.InstalledVersion),
    fixedVersion: text(item.FixedVersion) || undefined,
    score: score(item.CVSS) || undefined,
  };
}

/** Never the match itself. */
function secret(item: Json, result: Json): Bare {
  return {
    kind: 'secret',
    ...common(item, result, text(item.RuleID)),
    line: typeof item.StartLine === 'number' ? item.StartLine : undefined,
  };
}

function misconfiguration(item: Json, result: Json): Bare {
  return { kind: 'misconfiguration', ...common(item, result, text(item.ID)) };
}

function license(item: Json, result: Json): Bare {
  return { kind: 'license', ...common(item, result, text(item.Name)), package: text(item.PkgName) };
}

function common(
  item: Json,
  result: Json,
  id: string,
): Pick<ScanFinding, 'id' | 'severity' | 'title' | 'target'> & { url?: string | undefined } {
  return {
    id,
    severity: severity(item.Severity),
    title: text(item.Title) || text(item.Category) || id,
    target: text(item.PkgPath) || text(item.FilePath) || text(result.Target),
    url: [text(item.PrimaryURL), text(item.Link)].find((url) => /^https?:\/\//.test(url)),
  };
}

/** The highest base score that a source gives. */
function score(cvss: unknown): number {
  if (!isMap(cvss)) return 0;
  const scores = Object.values(cvss).flatMap((source) => (isMap(source) ? [source.V40Score, source.V3Score] : []));
  return Math.max(0, ...scores.filter((value) => typeof value === 'number'));
}

export function worstFirst(a: ScanFinding, b: ScanFinding): number {
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || compare(a.id, b.id) || compare(a.target, b.target);
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** What stops the push. */
export function isBlocking(finding: ScanFinding, rules: GateRules): boolean {
  if (!rules.severities.includes(finding.severity)) return false;
  return !(rules.ignoreUnfixed && finding.kind === 'vulnerability' && finding.fixedVersion === undefined);
}

/** Worst first, over all images and platforms. */
export function blockingFindings(scans: readonly PlatformScan[], rules: GateRules): ScanFinding[] {
  return scans.flatMap((scan) => scan.findings.filter((finding) => isBlocking(finding, rules))).sort(worstFirst);
}

/** What was found, where, and the version that holds the fix, in one line. */
export function describeFinding(finding: ScanFinding): string {
  const where = `${finding.image} (${finding.platform})`;
  if (finding.kind === 'vulnerability') {
    const fix = finding.fixedVersion === undefined ? 'no fix yet' : `fixed in ${finding.fixedVersion}`;
    return `${finding.id} (${finding.severity}) in ${where}: ${finding.package} ${finding.installedVersion}, ${fix}`;
  }
  if (finding.kind === 'license' && finding.package) {
    return `license ${finding.id} (${finding.severity}) in ${where}: ${finding.package}, in ${finding.target}`;
  }
  const line = finding.line === undefined ? '' : `:${finding.line}`;
  return `${finding.kind} ${finding.id} (${finding.severity}) in ${where}: ${finding.target}${line}`;
}

/** `2 CRITICAL, 1 HIGH`, or `none`. */
export function countBySeverity(findings: readonly ScanFinding[]): string {
  const counts = SEVERITIES.map((level) => [findings.filter((finding) => finding.severity === level).length, level] as const);
  return (
    counts
      .filter(([count]) => count > 0)
      .map(([count, level]) => `${count} ${level}`)
      .join(', ') || 'none'
  );
}

const severity = (value: unknown): Severity => SEVERITIES.find((level) => level === value) ?? 'UNKNOWN';
/** Names and titles are written by whoever wrote the image: one line each, of a limited length, that cannot move a cursor or turn the reading direction. */
const MAX_TEXT = 1000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g;
const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, MAX_TEXT).replace(UNPRINTABLE, ' ').trim() : '');

import { blockingFindings, countBySeverity } from '../../build/gate.ts';
import type { ScanFinding } from '../../build/model.ts';
import { sizeText } from '../../build/publish.ts';
import { bold, code, join, link, raw, type Text } from '../../runtime/markdown.ts';
import type { SummaryWriter } from '../../runtime/summary.ts';
import { short } from '../shared/commits.ts';
import type { BuildPushReport, ImageReport } from './report.ts';

const MAX_ROWS = 200;

/** What the job page shows: the verdict first, then what stops the push or what was pushed. */
export function writeSummary(summary: SummaryWriter, report: BuildPushReport): void {
  const blocking = blockingFindings(report.scans, report.rules);
  const step = report.loads ? 'load' : 'push';
  summary.heading(2, `Build and ${step}${report.blocked ? `: stopped before the ${step}` : ''}`);
  if (report.loaded !== undefined) summary.text(raw('Loaded into '), code(report.loaded), raw('; no registry holds the images.'));
  if (report.blocked) {
    summary.text(
      bold(`${count(blocking)} (${countBySeverity(blocking)}) ${blocking.length === 1 ? 'stops' : 'stop'} the ${step}.`),
      raw(` The ${report.loads ? 'cluster' : 'registry'} was not touched.`),
    );
    summary.table(['what', 'severity', 'where', 'package', 'installed', 'fixed in'], blocking.slice(0, MAX_ROWS).map(findingRow));
    if (blocking.length > MAX_ROWS) summary.text(`${blocking.length - MAX_ROWS} more are in the report file.`);
  }
  summary.table(
    ['image', 'result', 'size', 'tags', 'scan'],
    report.images.map((image) => imageRow(image, report)),
  );
  const inRegistry = report.images.filter(({ result }) => ['pushed', 'unchanged'].includes(result));
  const references = inRegistry.flatMap(({ repository, digest, tags }) => [
    `${repository}@${digest}`,
    ...tags.map((tag) => `  ${repository}:${tag}`),
  ]);
  if (references.length > 0) summary.details('Digests and tags in full', (inner) => inner.code(references.join('\n')));
  const passed = report.scans.flatMap((scan) => scan.findings).filter((finding) => !blocking.includes(finding));
  if (passed.length > 0) {
    summary.details(`${count(passed)} that ${passed.length === 1 ? 'does' : 'do'} not block (${countBySeverity(passed)})`, (inner) =>
      inner.table(['what', 'severity', 'where', 'package', 'installed', 'fixed in'], passed.slice(0, MAX_ROWS).map(findingRow)),
    );
  }
  for (const scan of report.scans.filter(({ packages }) => packages === 0)) {
    summary.text(`The scanner recognised no package in ${scan.image} (${scan.platform}): its vulnerabilities, if any, cannot be seen.`);
  }
}

const count = (findings: readonly ScanFinding[]): string => `${findings.length} finding${findings.length === 1 ? '' : 's'}`;

function imageRow(image: ImageReport, report: BuildPushReport): Text[] {
  const scans = report.scans.filter((scan) => scan.image === image.name);
  const platforms = image.platforms.map(({ platform, bytes }) => `${platform} ${sizeText(bytes)}`).join(', ');
  const results = scans.map((scan) => `${scan.platform}: ${countBySeverity(scan.findings)}`).join('; ');
  return [code(image.repository), image.result, platforms, tagsOf(image), results || 'not scanned'];
}

function tagsOf(image: ImageReport): Text {
  return join(...image.tags.flatMap((tag, index) => [raw(index === 0 ? '' : ', '), code(short(tag))]));
}

function findingRow(finding: ScanFinding): Text[] {
  const id = finding.url === undefined ? code(finding.id) : link(finding.id, finding.url);
  const what = finding.title === finding.id ? id : join(id, raw(' '), finding.title);
  const where = `${finding.image} (${finding.platform})`;
  const place =
    finding.package || finding.kind === 'vulnerability'
      ? code(finding.package ?? '')
      : code(`${finding.target}${finding.line === undefined ? '' : `:${finding.line}`}`);
  const fixed = finding.kind === 'vulnerability' ? (finding.fixedVersion === undefined ? 'no fix yet' : code(finding.fixedVersion)) : '';
  return [what, finding.severity, where, place, code(finding.installedVersion ?? ''), fixed];
}

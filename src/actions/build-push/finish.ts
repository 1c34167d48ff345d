import { idsOf } from '../../build/archive.ts';
import { blockingFindings, describeFinding } from '../../build/gate.ts';
import type { ScannedLayout } from '../../build/pipeline.ts';
import { toSarif } from '../../build/sarif.ts';
import { imageTags } from '../../build/tags.ts';
import { DeployError } from '../../interfaces/errors.ts';
import { repositoryIn } from '../../interfaces/image-reference.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { pathInRepository } from './dockerfile-path.ts';
import type { BuildPushInputs } from './inputs.ts';
import { type BuildPushReport, writeReports } from './report.ts';
import { writeSummary } from './summary.ts';
import type { BuildPushTools } from './tools.ts';

/** What is known once every image was scanned: nothing is pushed yet. */
export function firstReport(
  context: ActionContext,
  inputs: BuildPushInputs,
  version: string,
  scanned: readonly ScannedLayout[],
): BuildPushReport {
  const scans = scanned.flatMap((image) => image.scans);
  const { ref, defaultBranch, isOwnEvent } = context.env;
  const made = imageTags(inputs.tagRules, { version, ref, defaultBranch, isOwnEvent }, (line) => context.log.info(line));
  return {
    version,
    registry: inputs.registry,
    blocked: blockingFindings(scans, inputs.rules).length > 0,
    pushed: false,
    loads: inputs.load !== undefined,
    images: scanned.map(({ layout }) => ({
      name: layout.spec.name,
      repository: repositoryIn(inputs.registry, layout.spec.name),
      digest: layout.root.digest,
      platforms: layout.platforms.map(({ platform, descriptor, bytes }) => ({ platform, digest: descriptor.digest, bytes })),
      tags: inputs.load === undefined ? made : [idsOf(layout).tag],
      result: 'not pushed',
      buildMs: Math.round(layout.durationMs),
    })),
    rules: inputs.rules,
    scans,
  };
}

/** One line: the worst finding, and how many more. */
export function blocked(report: BuildPushReport, step: 'push' | 'load'): DeployError {
  const findings = blockingFindings(report.scans, report.rules);
  const [worst] = findings;
  const more = findings.length === 1 ? '' : ` (and ${findings.length - 1} more)`;
  const what = worst === undefined ? 'a finding' : describeFinding(worst);
  return new DeployError('scan-blocked', `Stopped before the ${step}: ${what}${more}`, {
    hint: 'update the package or the base image; accept a finding by its id in a file named by "trivyignores"; set "ignore-unfixed" for those without a fix',
  });
}

/** Outputs, files and summary, whatever the verdict. */
export async function finish(
  context: ActionContext,
  inputs: BuildPushInputs,
  tools: BuildPushTools,
  report: BuildPushReport,
): Promise<void> {
  const findings = report.scans.flatMap((scan) => scan.findings);
  const dockerfiles = new Map(inputs.images.map(({ name, file = '' }) => [name, pathInRepository(file, context.env)]));
  const pathOf = (image: string): string => dockerfiles.get(image) ?? 'Dockerfile';
  const files = await writeReports(context.env.tempDir, {
    'build-push.sarif': toSarif(findings, pathOf, report.rules, await tools.scanner.version().catch(() => 'unknown')),
    'build-push.json': `${JSON.stringify(report, null, 2)}\n`,
  });
  const isLoad = inputs.load !== undefined;
  context.setOutput('images', report.images.map((image) => `${image.name}=${isLoad ? image.tags[0] : image.digest}`).join('\n'));
  context.setOutput('image-count', String(report.images.length));
  // What is in no registry has nothing that a signature could be attached to.
  const subjects = isLoad ? [] : report.images.map(({ repository, digest }) => ({ name: repository, digest }));
  context.setOutput('subjects', JSON.stringify(subjects));
  context.setOutput('version', report.version);
  context.setOutput('tags', (isLoad ? [] : (report.images[0]?.tags ?? [])).join('\n'));
  context.setOutput('pushed', String(report.pushed));
  context.setOutput('loaded', String(report.loaded !== undefined));
  context.setOutput('sarif-file', files['build-push.sarif'] ?? '');
  context.setOutput('report-file', files['build-push.json'] ?? '');
  writeSummary(context.summary, report);
}

import { attest } from '../../build/attest.ts';
import { requestFor, writeOutputs } from '../../build/build.ts';
import { cacheScope, cacheTo } from '../../build/cache.ts';
import type { CacheExport } from '../../build/cache-export.ts';
import { blockingFindings, describeFinding } from '../../build/gate.ts';
import type { BuiltLayout, PlatformScan } from '../../build/model.ts';
import { buildAndScan, type ScannedLayout } from '../../build/pipeline.ts';
import { type PushPlan, planPush } from '../../build/plan.ts';
import { publish } from '../../build/publish.ts';
import { toSarif } from '../../build/sarif.ts';
import { imageTags } from '../../build/tags.ts';
import { DeployError } from '../../interfaces/errors.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { pathInRepository } from './dockerfile-path.ts';
import type { BuildPushInputs } from './inputs.ts';
import { keepForPost } from './kept-cache.ts';
import { createKnown, type KnownImages } from './known.ts';
import { sayNotPushed } from './not-pushed.ts';
import { type BuildPushReport, type ImageReport, writeReports } from './report.ts';
import { createSettings, type RunSettings } from './settings.ts';
import { writeSummary } from './summary.ts';
import { type BuildPushTools, createTools } from './tools.ts';
import { described, versionOf } from './version.ts';

/** Build, gate, push: the registry is not touched before every platform of every image has passed. */
export async function runBuildPush(context: ActionContext, given: BuildPushInputs): Promise<BuildPushReport> {
  const tools = await createTools(context, given);
  const version = await versionOf(given, tools.checkout, context.log);
  const inputs = { ...given, images: await described(given, version, tools.checkout, context.env) };
  if (inputs.push) await tools.requireRights();
  const settings = await createSettings(context, inputs, tools);
  const known = createKnown(context, inputs, version, tools, settings);
  const scanned = await withDatabase(context, inputs, tools, known, (begin) => {
    const build = (): ReturnType<RunSettings['build']> => {
      begin();
      return settings.build();
    };
    const { find, whyAnew, layersOf } = known;
    const { rebuild } = inputs;
    return buildAndScan(
      inputs.images,
      { build, scan: settings.scan, known: find, whyAnew, layersOf, rebuild, signal: context.signal },
      tools,
    );
  });
  const layouts = scanned.map(({ layout }) => layout);
  const report = firstReport(
    context,
    inputs,
    version,
    layouts,
    scanned.flatMap(({ scans }) => scans),
  );
  try {
    if (report.blocked) throw blocked(report);
    for (const { spec } of layouts.filter(({ spec }) => spec.outputs?.length)) await writeOutputs(spec, await settings.build(), tools);
    if (inputs.push) await push(context, inputs, tools, settings, scanned, report);
    if (report.pushed) await known.keep(scanned);
    else if (!inputs.push) sayNotPushed(context);
  } finally {
    await finish(context, inputs, tools, report);
  }
  return report;
}

/** The scanner's database comes while images are built, from the first build on. It is given up with the work that it was fetched for. */
async function withDatabase<T>(
  { signal }: ActionContext,
  { rules }: BuildPushInputs,
  { scanner }: BuildPushTools,
  known: KnownImages,
  body: (begin: () => void) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  let fetched: Promise<void> | undefined;
  const begin = (): void => {
    fetched ??= known
      .noteDatabase()
      .catch(() => undefined)
      .then(() => scanner.prepare(rules.scanners, AbortSignal.any([signal, stop.signal])));
  };
  try {
    return await body(begin);
  } finally {
    stop.abort();
    await fetched;
  }
}

async function push(
  context: ActionContext,
  inputs: BuildPushInputs,
  tools: BuildPushTools,
  settings: RunSettings,
  scanned: readonly ScannedLayout[],
  report: BuildPushReport,
): Promise<void> {
  const { log, signal } = context;
  const layouts = scanned.map(({ layout }) => layout);
  const repositoryOf = (name: string): string => `${inputs.registry}/${name}`;
  const tags = report.images[0]?.tags ?? [];
  await tools.beforePush();
  const plans = await planPush(layouts, { repositoryOf, tags, log, signal }, tools.registry);
  await publish(plans, { registry: tools.registry, log, scanned: new Set(report.scans.map(({ digest }) => digest)), signal });
  report.pushed = true;
  report.images = report.images.map((image) => ({ ...image, tags: plans[0]?.tags ?? [], result: resultOf(image.name, plans) }));
  for (const [index, plan] of plans.entries()) {
    await attest(plan, inputs, { ...tools, log, sboms: scanned[index]?.sboms ?? {}, timeoutMs: inputs.timeoutMs, signal });
  }
  await keepCaches(context, inputs, tools, settings, layouts);
}

/** Of those whose build made something new. */
async function keepCaches(
  context: ActionContext,
  inputs: BuildPushInputs,
  tools: BuildPushTools,
  settings: RunSettings,
  layouts: readonly BuiltLayout[],
): Promise<void> {
  const scope = cacheScope(context.env);
  const exports: CacheExport[] = [];
  for (const { spec, cache } of layouts) {
    const to = cacheTo(inputs.cache, `${inputs.registry}/${spec.name}`, scope);
    const isMissing = cache?.missing.some((ref) => to.some((value) => value.includes(`ref=${ref},`)));
    if (to.length === 0 || cache === undefined || !(cache.stepRan || isMissing)) continue;
    const { secrets: _, signal: __, ...request } = requestFor(spec, await settings.build());
    // What was built anew is newer than any cache that could be read.
    const from = cache.stepCached ? request.cacheFrom : [];
    exports.push({
      spec,
      request: { ...request, cacheFrom: from, cacheTo: to },
      keySettings: settings.key(spec),
      key: await settings.contentKey(spec),
    });
  }
  keepForPost(context, { env: tools.docker.env, exports });
}

const resultOf = (name: string, plans: readonly PushPlan[]): ImageReport['result'] =>
  plans.find((plan) => plan.layout.spec.name === name)?.push ? 'pushed' : 'unchanged';

function firstReport(
  context: ActionContext,
  inputs: BuildPushInputs,
  version: string,
  layouts: readonly BuiltLayout[],
  scans: PlatformScan[],
): BuildPushReport {
  const { ref, defaultBranch, isOwnEvent } = context.env;
  const tags = imageTags(inputs.tagRules, { version, ref, defaultBranch, isOwnEvent }, (line) => context.log.info(line));
  return {
    version,
    registry: inputs.registry,
    blocked: blockingFindings(scans, inputs.rules).length > 0,
    pushed: false,
    images: layouts.map(({ spec, root, platforms, durationMs }) => ({
      name: spec.name,
      repository: `${inputs.registry}/${spec.name}`,
      digest: root.digest,
      platforms: platforms.map(({ platform, descriptor, bytes }) => ({ platform, digest: descriptor.digest, bytes })),
      tags,
      result: 'not pushed',
      buildMs: Math.round(durationMs),
    })),
    rules: inputs.rules,
    scans,
  };
}

/** One line: the worst finding, and how many more. */
function blocked(report: BuildPushReport): DeployError {
  const findings = blockingFindings(report.scans, report.rules);
  const [worst] = findings;
  const more = findings.length === 1 ? '' : ` (and ${findings.length - 1} more)`;
  const what = worst === undefined ? 'a finding' : describeFinding(worst);
  return new DeployError('scan-blocked', `Stopped before the push: ${what}${more}`, {
    hint: 'update the package or the base image; accept a finding by its id in a file named by "trivyignores"; set "ignore-unfixed" for those without a fix',
  });
}

/** Outputs, files and summary, whatever the verdict. */
async function finish(context: ActionContext, inputs: BuildPushInputs, tools: BuildPushTools, report: BuildPushReport): Promise<void> {
  const findings = report.scans.flatMap((scan) => scan.findings);
  const dockerfiles = new Map(inputs.images.map(({ name, file = '' }) => [name, pathInRepository(file, context.env)]));
  const pathOf = (image: string): string => dockerfiles.get(image) ?? 'Dockerfile';
  const files = await writeReports(context.env.tempDir, {
    'build-push.sarif': toSarif(findings, pathOf, report.rules, await tools.scanner.version().catch(() => 'unknown')),
    'build-push.json': `${JSON.stringify(report, null, 2)}\n`,
  });
  context.setOutput('images', report.images.map((image) => `${image.name}=${image.digest}`).join('\n'));
  context.setOutput('image-count', String(report.images.length));
  context.setOutput('version', report.version);
  context.setOutput('tags', (report.images[0]?.tags ?? []).join('\n'));
  context.setOutput('pushed', String(report.pushed));
  context.setOutput('sarif-file', files['build-push.sarif'] ?? '');
  context.setOutput('report-file', files['build-push.json'] ?? '');
  writeSummary(context.summary, report);
}

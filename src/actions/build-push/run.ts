import { attest } from '../../build/attest.ts';
import { writeOutputs } from '../../build/build.ts';
import { loadImages } from '../../build/load.ts';
import type { BuiltLayout, ImageSpec } from '../../build/model.ts';
import { buildAndScan, type ScannedLayout } from '../../build/pipeline.ts';
import { type PushPlan, planPush } from '../../build/plan.ts';
import { publish } from '../../build/publish.ts';
import { repositoryIn } from '../../interfaces/image-reference.ts';
import type { ActionContext } from '../../runtime/action.ts';
import type { HomeCluster } from '../../tools/home-clusters/home-clusters.ts';
import { blocked, finish, firstReport } from './finish.ts';
import { HAND_OVER_LIMITS, readHandOver, writeHandOver } from './handed-over-files.ts';
import { ownPlatform } from './inputs/hand-over.ts';
import type { BuildPushInputs } from './inputs.ts';
import { keepCaches } from './kept-cache.ts';
import { createKnown, type KnownImages } from './known.ts';
import { sayNotPushed } from './not-pushed.ts';
import type { BuildPushReport, ImageReport } from './report.ts';
import { createSettings, type RunSettings } from './settings.ts';
import { type BuildPushTools, createTools } from './tools.ts';
import { described, versionOf } from './version.ts';

/** Build, gate, push or load: neither registry nor cluster is touched before every platform of every image has passed. */
export async function runBuildPush(context: ActionContext, given: BuildPushInputs): Promise<BuildPushReport> {
  const tools = await createTools(context, given);
  const version = await versionOf(given, tools.checkout, context.log);
  const inputs = { ...given, images: await described(given, version, tools.checkout, context.env) };
  if (inputs.push) await tools.requireRights();
  await tools.home?.check();
  const handedOver = await takeHandedOver(context, inputs);
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
      { build, handedOver, scan: settings.scan, known: find, whyAnew, layersOf, rebuild, signal: context.signal },
      tools,
    );
  });
  const layouts = scanned.map(({ layout }) => layout);
  const report = firstReport(context, inputs, version, scanned);
  try {
    if (report.blocked) throw blocked(report, tools.home === undefined ? 'push' : 'load');
    for (const { spec } of layouts.filter(({ spec }) => spec.outputs?.length)) await writeOutputs(spec, await settings.build(), tools);
    if (inputs.writeLayout !== undefined) await handOver(context, inputs.writeLayout, layouts);
    if (inputs.push) await push(context, inputs, tools, settings, scanned, report);
    if (tools.home !== undefined && inputs.load?.dryRun === false) await load(context, inputs, tools.home, tools, layouts, report);
    if (report.pushed) await known.keep(scanned);
    else if (!inputs.push && inputs.load === undefined) sayNotPushed(context);
  } finally {
    await finish(context, inputs, tools, report);
  }
  return report;
}

/** The images that another job built, by spec; looked at before anything else is done with them. */
async function takeHandedOver(
  { log, signal }: ActionContext,
  { readLayout, images }: BuildPushInputs,
): Promise<(image: ImageSpec) => BuiltLayout | undefined> {
  if (readLayout === undefined) return () => undefined;
  const layouts = await readHandOver(readLayout, { images, ownPlatform: ownPlatform(), limits: HAND_OVER_LIMITS }, signal);
  for (const { spec, root } of layouts) log.info(`[${spec.name}] handed over: ${root.digest}`);
  return (image) => layouts.find(({ spec }) => spec.name === image.name);
}

async function handOver({ log, setOutput }: ActionContext, folder: string, layouts: readonly BuiltLayout[]): Promise<void> {
  await writeHandOver(folder, layouts);
  setOutput('layout', folder);
  log.info(`Written: the layout of ${layouts.map(({ spec }) => spec.name).join(', ')}, at ${folder}`);
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

async function load(
  { log, signal }: ActionContext,
  { registry }: BuildPushInputs,
  home: HomeCluster,
  { store }: BuildPushTools,
  layouts: readonly BuiltLayout[],
  report: BuildPushReport,
): Promise<void> {
  const scanned = new Set(report.scans.map(({ digest }) => digest));
  log.info(`Loading into ${home.title}`);
  const repositoryOf = (name: string): string => repositoryIn(registry, name);
  await loadImages(layouts, { store, log, scanned, repositoryOf, load: (archive) => home.load(archive), signal });
  report.loaded = home.title;
  report.images = report.images.map((image) => ({ ...image, result: 'loaded' }));
}

const resultOf = (name: string, plans: readonly PushPlan[]): ImageReport['result'] =>
  plans.find((plan) => plan.layout.spec.name === name)?.push ? 'pushed' : 'unchanged';

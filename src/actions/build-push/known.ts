import { PROVENANCE_TYPE, SBOM_TYPE } from '../../build/attest.ts';
import { lastBuild } from '../../build/known/find.ts';
import { keepRecord } from '../../build/known/keep.ts';
import { mayBeKnown } from '../../build/known/key.ts';
import { findKnown, type Known } from '../../build/known/known.ts';
import { findLayers, type KnownLayers, keepLayers } from '../../build/known/layers.ts';
import type { BuildRecord, DatabaseUsed } from '../../build/known/record.ts';
import { frontendOf, type Source, sourcesOf } from '../../build/known/sources.ts';
import { databaseDigest, type VerdictSettings } from '../../build/known/verdict.ts';
import type { ImageSpec } from '../../build/model.ts';
import type { ScannedLayout } from '../../build/pipeline.ts';
import { type LastBuild, whyAnew } from '../../build/rebuild.ts';
import { imageTags } from '../../build/tags.ts';
import type { ActionContext } from '../../runtime/action.ts';
import { createResolver } from './bases.ts';
import { ignoredOf } from './ignored.ts';
import type { BuildPushInputs } from './inputs.ts';
import { usesRecords, writesRecords } from './records.ts';
import type { RunSettings } from './settings.ts';
import type { BuildPushTools } from './tools.ts';

/** What this run takes from the registry instead of building it, and what it leaves there for the next run. */
export interface KnownImages {
  find(image: ImageSpec, signal: AbortSignal): Promise<Known | undefined>;
  /** Why an image is to be built without cache. */
  whyAnew(image: ImageSpec, signal: AbortSignal): Promise<string | undefined>;
  /** What is known of layers of earlier images of this name, by platform. */
  layersOf(image: ImageSpec, signal: AbortSignal): Promise<KnownLayers>;
  /** Before the scanner's database is fetched: which one that will be. */
  noteDatabase(): Promise<void>;
  keep(scanned: readonly ScannedLayout[]): Promise<void>;
}

export function createKnown(
  context: ActionContext,
  inputs: BuildPushInputs,
  version: string,
  tools: BuildPushTools,
  settings: RunSettings,
): KnownImages {
  const { log, clock } = context;
  const { scanners } = inputs.rules;
  const resolve = createResolver(context, inputs, tools, settings);
  const tags = candidates(context, inputs, version, tools);
  const referrers = [...(inputs.sbom ? [SBOM_TYPE] : []), ...(inputs.provenance ? [PROVENANCE_TYPE] : [])];
  let before: string | undefined;
  const verdictSettings = async (signal: AbortSignal): Promise<VerdictSettings> => ({
    scanners,
    ignoreFile: settings.scan.ignoreFile,
    ignored: await ignoredOf(settings.scan.ignoreFile),
    maxAgeMs: inputs.databaseMaxAgeMs,
    now: clock.now(),
    timeoutMs: inputs.timeoutMs,
    signal,
  });
  const findIn = async ({ name }: ImageSpec, signal: AbortSignal) => ({
    repository: `${inputs.registry}/${name}`,
    tags: await tags,
    referrers,
    signal,
  });
  const looksBack = usesRecords(inputs) && inputs.rebuild.some((rule) => rule === 'base' || rule === 'weekly');
  const lasts = new Map<string, Promise<LastBuild | undefined>>();
  /** Asked before the push: afterwards the tags lead to this run's images. */
  const last = (image: ImageSpec, signal: AbortSignal): Promise<LastBuild | undefined> => {
    const look = async (): Promise<LastBuild | undefined> =>
      looksBack ? await lastBuild(await findIn(image, signal), { ...tools, resolve }) : undefined;
    const found = lasts.get(image.name) ?? look();
    lasts.set(image.name, found);
    return found;
  };
  const recordOf = async ({ layout, scans, sboms, known }: ScannedLayout): Promise<BuildRecord | undefined> => {
    const database = scanners.includes('vuln') ? await databaseUsed(tools, before) : undefined;
    if (known !== undefined) {
      return known.verdict.scannedWith === undefined ? undefined : { ...known.record, scanners: [...scanners], database, scans };
    }
    const key = mayBeKnown(layout.spec) ? await settings.contentKey(layout.spec) : undefined;
    const sources = sourcesOf(layout.provenance);
    const ignored = await ignoredOf(settings.scan.ignoreFile);
    if (key === undefined || sources === undefined || ignored === undefined) return undefined;
    if (!(await namesFrontend(layout.spec, sources, tools))) return undefined;
    const now = new Date(clock.now()).toISOString();
    const freshAt = layout.cache?.stepCached === false ? now : (await last(layout.spec, context.signal))?.freshAt;
    return { key, sources, scanner: await tools.scanner.version(), scanners: [...scanners], ignored, database, freshAt, scans, sboms };
  };
  return {
    find: async (image, signal) => {
      const key = usesRecords(inputs) && mayBeKnown(image) ? await settings.contentKey(image) : undefined;
      if (key === undefined) return undefined;
      const find = await findIn(image, signal);
      return await findKnown(image, key, { find, verdict: await verdictSettings(signal) }, { ...tools, resolve, log });
    },
    whyAnew: async (image, signal) => whyAnew(inputs.rebuild, await last(image, signal), clock.now()),
    layersOf: async (image, signal) => {
      if (!usesRecords(inputs)) return {};
      return await findLayers(await findIn(image, signal), await tools.scanner.version(), tools.registry).catch(() => {
        signal.throwIfAborted();
        return {};
      });
    },
    noteDatabase: async () => {
      if (!writesRecords(context, inputs) || !scanners.includes('vuln')) return;
      const { updatedAt, addresses } = await tools.scanner.database();
      if (updatedAt === undefined) before = await databaseDigest(addresses, tools.registry, context.signal);
    },
    keep: async (scanned) => {
      if (!writesRecords(context, inputs)) return;
      await Promise.all(
        scanned.map(async (image) => {
          const { spec, root, platforms } = image.layout;
          const where = { name: spec.name, repository: `${inputs.registry}/${spec.name}`, root };
          const to = { ...tools, log, signal: context.signal };
          const record = await recordOf(image);
          if (record !== undefined) await keepRecord(where, record, to);
          if (image.known !== undefined) return;
          const found = await Promise.all(
            platforms.map(async ({ platform }) => [platform, await tools.scanner.layersOf(`${spec.name} ${platform}`)] as const),
          );
          const layers = Object.fromEntries(
            found.flatMap(([platform, bytes]) => (bytes === undefined ? [] : [[platform, bytes] as const])),
          );
          await keepLayers(where, { scanner: await tools.scanner.version(), layers }, to);
        }),
      );
    },
  };
}

async function databaseUsed({ scanner }: BuildPushTools, digest: string | undefined): Promise<DatabaseUsed | undefined> {
  const { updatedAt } = await scanner.database();
  return updatedAt === undefined ? undefined : { updatedAt, digest };
}

/** As for the cache: what another branch has pushed is not looked at. Outside of a workflow there are no branches, but the last commits. */
async function candidates(
  { env, log }: ActionContext,
  { tagRules }: BuildPushInputs,
  version: string,
  { checkout }: BuildPushTools,
): Promise<string[]> {
  const { ref, baseRef, defaultBranch, isOwnEvent } = env;
  const quiet = (line: string): void => log.debug(line);
  if (ref === '') {
    const commits = tagRules.includes('sha') ? await checkout.recent() : [];
    return [...imageTags(tagRules, { version, ref, defaultBranch, isOwnEvent }, quiet), ...commits];
  }
  const branches = [ref, ...[baseRef, defaultBranch].filter((name) => name !== '').map((name) => `refs/heads/${name}`)];
  return branches.flatMap((branch) => imageTags(['branch'], { version: '', ref: branch, defaultBranch, isOwnEvent }, quiet));
}

/** A frontend of the Dockerfile's own decides what is built: it is among the sources, or named by digest. */
async function namesFrontend(image: ImageSpec, sources: readonly Source[], { contexts }: BuildPushTools): Promise<boolean> {
  const frontend = frontendOf(await contexts.dockerfile(image.file ?? `${image.context}/Dockerfile`), image.buildArgs);
  return frontend === undefined || sources.some((source) => source.image === frontend);
}

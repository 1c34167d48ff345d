import { type BuildSettings, type BuildTools, buildImage } from './build.ts';
import type { Known } from './known/known.ts';
import type { BuiltLayout, ImageSpec, PlatformScan } from './model.ts';
import { lanes, pool } from './pool.ts';
import { builtAnew, isMendable, type Rebuild, sayMended, sayRed } from './rebuild.ts';
import { type ScanSettings, type ScanTools, scanPlatform } from './scan.ts';

/** Builds side by side: more than two only fight for the builder's processors. */
const BUILDS = 2;
/** A scan keeps one processor busy most of its time. */
const SCANS = 2;

export interface ScannedLayout {
  layout: BuiltLayout;
  scans: PlatformScan[];
  /** CycloneDX, by platform; where packages were to be listed. */
  sboms: Record<string, string>;
  /** Of an image that was not built. */
  known?: Known | undefined;
}

interface PipelineSettings {
  build: () => Promise<BuildSettings>;
  /** An image that another job has built. */
  handedOver: (image: ImageSpec) => BuiltLayout | undefined;
  scan: ScanSettings;
  /** An image that need not be built. */
  known: (image: ImageSpec, signal: AbortSignal) => Promise<Known | undefined>;
  /** Why an image is to be built without cache; undefined where its cache does. */
  whyAnew: (image: ImageSpec, signal: AbortSignal) => Promise<string | undefined>;
  rebuild: readonly Rebuild[];
  /** What is known of layers of earlier images, by platform. */
  layersOf: (image: ImageSpec, signal: AbortSignal) => Promise<Record<string, Uint8Array>>;
  signal?: AbortSignal | undefined;
}

/**
 * Builds every image that is neither known nor handed over, and scans each as soon as it is built, while others are still building. Results in
 * the images' order.
 */
export function buildAndScan(
  images: readonly ImageSpec[],
  settings: PipelineSettings,
  tools: BuildTools & ScanTools,
): Promise<ScannedLayout[]> {
  const [builds, scans] = [lanes(BUILDS), lanes(SCANS)];
  const every = Number.POSITIVE_INFINITY;
  const { rules } = settings.scan;
  const buildOne = async (image: ImageSpec, spec: ImageSpec, signal: AbortSignal): Promise<ScannedLayout> => {
    // Comes while the image is built.
    const known = settings.layersOf(image, signal);
    known.catch(() => undefined);
    const build = async (): Promise<BuiltLayout> => {
      signal.throwIfAborted();
      return await buildImage(spec, { ...(await settings.build()), signal }, tools);
    };
    const built = settings.handedOver(image) ?? (await builds(build));
    const layout = { ...built, spec: image };
    const layers = await known;
    const ofPlatforms = await pool(layout.platforms, every, signal, (platform, stop) =>
      scans(async () => {
        stop.throwIfAborted();
        return await scanPlatform(layout, platform, { ...settings.scan, layers, signal: stop }, tools);
      }),
    );
    const sboms = ofPlatforms.flatMap(({ scan, sbom }) => (sbom === undefined ? [] : [[scan.platform, sbom] as const]));
    return { layout, scans: ofPlatforms.map(({ scan }) => scan), sboms: Object.fromEntries(sboms) };
  };
  const first = async (image: ImageSpec, signal: AbortSignal): Promise<ScannedLayout> => {
    const why = await settings.whyAnew(image, signal);
    if (why !== undefined) {
      tools.log.info(`[${image.name}] built without cache: ${why}`);
      return await buildOne(image, builtAnew(image), signal);
    }
    const known = await settings.known(image, signal);
    if (known !== undefined) return { layout: known.layout, scans: known.verdict.scans, sboms: known.record.sboms, known };
    return await buildOne(image, image, signal);
  };
  return pool(images, every, settings.signal, async (image, signal) => {
    const scanned = await first(image, signal);
    const fromCache = scanned.known !== undefined || scanned.layout.cache?.stepCached === true;
    if (!settings.rebuild.includes('red') || !fromCache || !isMendable(scanned.scans, rules)) return scanned;
    sayRed(image, scanned.scans, rules, tools.log);
    const again = await buildOne(image, builtAnew(image), signal);
    sayMended(image, again.scans, rules, tools.log);
    return again;
  });
}

import { type BuildSettings, type BuildTools, buildImage } from './build.ts';
import type { Known } from './known/known.ts';
import type { BuiltLayout, ImageSpec, PlatformScan } from './model.ts';
import { lanes, pool } from './pool.ts';
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
  scan: ScanSettings;
  /** An image that need not be built. */
  known: (image: ImageSpec, signal: AbortSignal) => Promise<Known | undefined>;
  signal?: AbortSignal | undefined;
}

/** Builds every image that is not known, and scans each as soon as it is built, while others are still building. Results in the images' order. */
export function buildAndScan(
  images: readonly ImageSpec[],
  settings: PipelineSettings,
  tools: BuildTools & ScanTools,
): Promise<ScannedLayout[]> {
  const [builds, scans] = [lanes(BUILDS), lanes(SCANS)];
  const every = Number.POSITIVE_INFINITY;
  return pool(images, every, settings.signal, async (image, signal) => {
    const known = await settings.known(image, signal);
    if (known !== undefined) return { layout: known.layout, scans: known.verdict.scans, sboms: known.record.sboms, known };
    const layout = await builds(async () => {
      signal.throwIfAborted();
      return await buildImage(image, { ...(await settings.build()), signal }, tools);
    });
    const ofPlatforms = await pool(layout.platforms, every, signal, (platform, stop) =>
      scans(async () => {
        stop.throwIfAborted();
        return await scanPlatform(layout, platform, { ...settings.scan, signal: stop }, tools);
      }),
    );
    const sboms = ofPlatforms.flatMap(({ scan, sbom }) => (sbom === undefined ? [] : [[scan.platform, sbom] as const]));
    return { layout, scans: ofPlatforms.map(({ scan }) => scan), sboms: Object.fromEntries(sboms) };
  });
}

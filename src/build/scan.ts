import { ToolError } from '../interfaces/errors.ts';
import type { LayoutStore } from '../interfaces/layout-store.ts';
import type { Log } from '../interfaces/log.ts';
import type { Scanner, ScannerKind } from '../interfaces/scanner.ts';
import { blockingFindings, checkSubject, countBySeverity, readReport } from './gate.ts';
import { singleImageIndex } from './layout.ts';
import type { BuiltLayout, GateRules, PlatformImage, PlatformScan } from './model.ts';

export interface ScanSettings {
  scanners: readonly ScannerKind[];
  ignoreFile?: string | undefined;
  rules: GateRules;
  /** What is known of layers, by platform. */
  layers?: Readonly<Record<string, Uint8Array>> | undefined;
  /** Whether an SBOM is made of every image too. */
  listsPackages?: boolean | undefined;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

export interface ScanTools {
  scanner: Scanner;
  store: LayoutStore;
  log: Log;
}

/** Scans one platform by itself: a scanner that is given a layout with several looks at the first only. */
export async function scanPlatform(
  layout: BuiltLayout,
  image: PlatformImage,
  settings: ScanSettings,
  tools: ScanTools,
): Promise<{ scan: PlatformScan; sbom: string | undefined }> {
  const report = await tools.scanner.scan({
    layout: await viewOf(layout, image, tools.store),
    subject: `${layout.spec.name} ${image.platform}`,
    layers: settings.layers?.[image.platform],
    scanners: settings.scanners,
    ignoreFile: settings.ignoreFile,
    timeoutMs: settings.timeoutMs,
    signal: settings.signal,
    onLine: (line) => tools.log.debug(`[${layout.spec.name}] ${line}`),
  });
  const subject = { image: layout.spec.name, platform: image.platform, digest: image.descriptor.digest };
  const scan = readReport(report, subject);
  checkSubject(report, subject, image.blobs[0]?.digest);
  const blocking = blockingFindings([scan], settings.rules).length;
  const verdict = blocking === 0 ? 'passes' : `${blocking} of them block the push`;
  tools.log.info(`[${scan.image}] scanned ${scan.platform}: ${countBySeverity(scan.findings)}; ${verdict}`);
  return { scan, sbom: settings.listsPackages ? await tools.scanner.sbomOf(report) : undefined };
}

/** A folder in which this platform's image is alone. */
export async function viewOf(layout: BuiltLayout, image: PlatformImage, store: LayoutStore): Promise<string> {
  if (layout.layout === undefined) throw new ToolError(`Image "${layout.spec.name}" was not built, so there is nothing to look at`);
  return store.view(layout.layout, image.descriptor, singleImageIndex(image.descriptor));
}

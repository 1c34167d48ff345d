import type { LayoutStore } from '../interfaces/layout-store.ts';
import type { Log } from '../interfaces/log.ts';
import type { Scanner, ScannerKind } from '../interfaces/scanner.ts';
import { blockingFindings, countBySeverity, readReport } from './gate.ts';
import { singleImageIndex } from './layout.ts';
import type { BuiltLayout, GateRules, PlatformImage, PlatformScan } from './model.ts';

export interface ScanSettings {
  scanners: readonly ScannerKind[];
  ignoreFile?: string;
  rules: GateRules;
  timeoutMs: number;
  signal?: AbortSignal;
}

export interface ScanTools {
  scanner: Scanner;
  store: LayoutStore;
  log: Log;
}

/** Scans every platform of every layout, one by one: a scanner that is given a layout with several looks at the first only. */
export async function scanLayouts(layouts: readonly BuiltLayout[], settings: ScanSettings, tools: ScanTools): Promise<PlatformScan[]> {
  const scans: PlatformScan[] = [];
  for (const layout of layouts) {
    for (const image of layout.platforms) scans.push(await scanPlatform(layout, image, settings, tools));
  }
  return scans;
}

async function scanPlatform(layout: BuiltLayout, image: PlatformImage, settings: ScanSettings, tools: ScanTools): Promise<PlatformScan> {
  settings.signal?.throwIfAborted();
  const report = await tools.scanner.scan({
    layout: await viewOf(layout, image, tools.store),
    scanners: settings.scanners,
    ...(settings.ignoreFile !== undefined && { ignoreFile: settings.ignoreFile }),
    timeoutMs: settings.timeoutMs,
    ...(settings.signal !== undefined && { signal: settings.signal }),
    onLine: (line) => tools.log.debug(`[${layout.spec.name}] ${line}`),
  });
  const scan = readReport(report, { image: layout.spec.name, platform: image.platform, digest: image.descriptor.digest });
  const blocking = blockingFindings([scan], settings.rules).length;
  const verdict = blocking === 0 ? 'passes' : `${blocking} of them block the push`;
  tools.log.info(`[${scan.image}] scanned ${scan.platform}: ${countBySeverity(scan.findings)}; ${verdict}`);
  return scan;
}

/** A folder in which this platform's image is alone. */
export function viewOf(layout: BuiltLayout, image: PlatformImage, store: LayoutStore): Promise<string> {
  return store.view(layout.layout, image.descriptor, singleImageIndex(image.descriptor));
}

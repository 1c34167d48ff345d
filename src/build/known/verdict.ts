import type { Registry } from '../../interfaces/registry.ts';
import type { Scanner, ScannerKind } from '../../interfaces/scanner.ts';
import { readReport } from '../gate.ts';
import type { PlatformScan, ScanFinding } from '../model.ts';
import type { BuildRecord, DatabaseUsed } from './record.ts';

export interface VerdictSettings {
  scanners: readonly ScannerKind[];
  ignoreFile?: string | undefined;
  /** Hash of its content, '' where there is none; undefined where its content holds for a time only. */
  ignored: string | undefined;
  /** The input `database-max-age`. */
  maxAgeMs?: number | undefined;
  now: number;
  timeoutMs: number;
  signal: AbortSignal;
}

export interface VerdictTools {
  scanner: Scanner;
  registry: Registry;
}

/** What is found in an image by what is known of it today. */
export interface Verdict {
  scans: PlatformScan[];
  /** Undefined: the recorded one holds. */
  scannedWith: DatabaseUsed | undefined;
}

const FINDS: Readonly<Record<ScannerKind, ScanFinding['kind']>> = {
  vuln: 'vulnerability',
  secret: 'secret',
  misconfig: 'misconfiguration',
  license: 'license',
};

/**
 * The recorded scan, where the same scanner would say the same today. Where its vulnerability database is newer, the recorded list of packages
 * is scanned with it. Undefined where only a scan of the image itself can say.
 */
export async function verdictOf(record: BuildRecord, settings: VerdictSettings, tools: VerdictTools): Promise<Verdict | undefined> {
  const { scanners, ignored } = settings;
  // Checks of misconfigurations come from outside, and carry no date.
  if (ignored === undefined || ignored !== record.ignored || scanners.includes('misconfig')) return undefined;
  if (!scanners.every((name) => record.scanners.includes(name)) || record.scanner !== (await tools.scanner.version())) return undefined;
  const wanted = new Set(scanners.map((name) => FINDS[name]));
  const scans = record.scans.map((scan) => ({ ...scan, findings: scan.findings.filter(({ kind }) => wanted.has(kind)) }));
  if (scanners.includes('vuln') && isTooOld(record, settings)) return undefined;
  if (!scanners.includes('vuln') || (await isCurrent(record.database, settings, tools))) return { scans, scannedWith: undefined };
  const renewed = await Promise.all(scans.map((scan) => scanAgain(scan, record.sboms[scan.platform], settings, tools)));
  const used = await databaseUsed(tools.scanner);
  if (used === undefined || renewed.includes(undefined)) return undefined;
  return { scans: renewed.filter((scan) => scan !== undefined), scannedWith: used };
}

const isTooOld = ({ database }: BuildRecord, { maxAgeMs, now }: VerdictSettings): boolean =>
  maxAgeMs !== undefined && !(now - Date.parse(database?.updatedAt ?? '') <= maxAgeMs);

/** Fetches the database only where it cannot be told otherwise. */
async function isCurrent(recorded: DatabaseUsed | undefined, { scanners, signal }: VerdictSettings, tools: VerdictTools): Promise<boolean> {
  if (recorded === undefined) return false;
  const now = await tools.scanner.database();
  if (now.updatedAt === undefined) {
    if (recorded.digest !== undefined && recorded.digest === (await databaseDigest(now.addresses, tools.registry, signal))) return true;
    await tools.scanner.prepare(scanners, signal);
  }
  const used = await databaseUsed(tools.scanner);
  return used !== undefined && Date.parse(used.updatedAt) <= Date.parse(recorded.updatedAt);
}

async function databaseUsed(scanner: Scanner): Promise<DatabaseUsed | undefined> {
  const { updatedAt } = await scanner.database();
  return updatedAt === undefined ? undefined : { updatedAt };
}

/** What the first address that answers has now. */
export async function databaseDigest(addresses: readonly string[], registry: Registry, signal: AbortSignal): Promise<string | undefined> {
  for (const address of addresses) {
    const [, repository = address, tag = '2'] = /^(.+?\/.+?)(?::([\w.-]+))?$/.exec(address) ?? [];
    const head = await registry.head(repository, tag, signal).catch(() => undefined);
    signal.throwIfAborted();
    if (head !== undefined) return head.digest;
  }
  return undefined;
}

async function scanAgain(
  scan: PlatformScan,
  sbom: string | undefined,
  settings: VerdictSettings,
  { scanner }: VerdictTools,
): Promise<PlatformScan | undefined> {
  if (sbom === undefined) return undefined;
  const { ignoreFile, timeoutMs, signal } = settings;
  const report = await scanner.scanSbom({ sbom, subject: `${scan.image} ${scan.platform}`, ignoreFile, timeoutMs, signal });
  const { findings } = readReport(report, scan);
  const others = scan.findings.filter(({ kind }) => kind !== 'vulnerability');
  return { ...scan, findings: [...findings.filter(({ kind }) => kind === 'vulnerability'), ...others] };
}

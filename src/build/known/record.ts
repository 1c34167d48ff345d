import { gzipSync } from 'node:zlib';
import { ToolError } from '../../interfaces/errors.ts';
import { isDigest } from '../../interfaces/image-reference.ts';
import { gunzip } from '../../interfaces/reading/gunzip.ts';
import { tryJsonObject } from '../../interfaces/reading/json.ts';
import type { ScannerKind } from '../../interfaces/scanner.ts';
import { isMap } from '../../interfaces/values.ts';
import { type PlatformScan, type ScanFinding, SEVERITIES } from '../model.ts';
import type { Source } from './sources.ts';

/** A record beside an image in the registry: what it was built from, and what the scan of it said. */
export const RECORD_TYPE = 'application/vnd.todo-deploy.build.v1+json';
/** Of the record: so that others need not be read. */
export const KEY_ANNOTATION = 'dev.todo-deploy.content-key';
const MAX_SBOM = 64 * 1024 * 1024;

/** Which vulnerability database a scan used. */
export interface DatabaseUsed {
  /** When it was made, as it says. */
  updatedAt: string;
  /** Its manifest, where it was fetched by that run. */
  digest?: string | undefined;
}

export interface BuildRecord {
  /** `contentKey` */
  key: string;
  sources: Source[];
  /** Version of Trivy. */
  scanner: string;
  scanners: ScannerKind[];
  /** Hash of the accepted findings; '' for none. */
  ignored: string;
  /** Undefined where no vulnerabilities were looked for. */
  database?: DatabaseUsed | undefined;
  /** When all steps of its build ran; undefined where nobody knows. */
  freshAt?: string | undefined;
  /** All findings, also those that did not block. */
  scans: PlatformScan[];
  /** CycloneDX, by platform. */
  sboms: Record<string, string>;
}

export function encodeRecord({ sboms, ...record }: BuildRecord): Buffer {
  const packed = Object.entries(sboms).map(([platform, sbom]) => [platform, gzipSync(sbom).toString('base64')]);
  return Buffer.from(JSON.stringify({ ...record, sboms: Object.fromEntries(packed) }));
}

/** Undefined for what is not a whole record: then it is as if there were none. */
export function decodeRecord(bytes: Uint8Array): BuildRecord | undefined {
  const value = tryJsonObject<Record<string, unknown>>(Buffer.from(bytes).toString('utf8'));
  if (value === undefined || !isText(value.key) || !isText(value.scanner) || typeof value.ignored !== 'string') return undefined;
  const { database, sources, scanners, scans, sboms } = value;
  if (database !== undefined && !(isMap(database) && isText(database.updatedAt))) return undefined;
  if (!listOf(sources, isSource) || !listOf(scanners, isScanner) || !listOf(scans, isScan) || !isMap(sboms)) return undefined;
  try {
    const unpacked = Object.entries(sboms).map(([platform, text]) => [platform, unpack(String(text))]);
    return {
      key: value.key,
      sources,
      scanner: value.scanner,
      scanners,
      ignored: value.ignored,
      ...(isMap(database) && { database: { updatedAt: String(database.updatedAt), digest: digestIn(database.digest) } }),
      ...(isText(value.freshAt) && { freshAt: value.freshAt }),
      scans,
      sboms: Object.fromEntries(unpacked),
    };
  } catch {
    return undefined;
  }
}

const unpack = (text: string): string => gunzip(Buffer.from(text, 'base64'), MAX_SBOM, (why) => new ToolError(why)).toString('utf8');

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isTextOrNone = (value: unknown): boolean => value === undefined || typeof value === 'string';
const isNumberOrNone = (value: unknown): boolean => value === undefined || typeof value === 'number';
const digestIn = (value: unknown): string | undefined => (typeof value === 'string' && isDigest(value) ? value : undefined);

function listOf<T>(value: unknown, is: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(is);
}

const isSource = (value: unknown): value is Source => isMap(value) && isText(value.image) && digestIn(value.digest) !== undefined;

const SCANNERS: readonly ScannerKind[] = ['vuln', 'secret', 'misconfig', 'license'];
const isScanner = (value: unknown): value is ScannerKind => SCANNERS.some((name) => name === value);

const isScan = (value: unknown): value is PlatformScan =>
  isMap(value) &&
  isText(value.image) &&
  isText(value.platform) &&
  digestIn(value.digest) !== undefined &&
  typeof value.packages === 'number' &&
  listOf(value.findings, isFinding);

const KINDS = ['vulnerability', 'secret', 'misconfiguration', 'license'];

const isFinding = (value: unknown): value is ScanFinding =>
  isMap(value) &&
  KINDS.some((kind) => kind === value.kind) &&
  SEVERITIES.some((severity) => severity === value.severity) &&
  [value.image, value.platform, value.id, value.title, value.target].every((part) => typeof part === 'string') &&
  [value.package, value.installedVersion, value.fixedVersion].every(isTextOrNone) &&
  (value.url === undefined || /^https?:\/\//.test(String(value.url))) &&
  [value.line, value.score].every(isNumberOrNone);

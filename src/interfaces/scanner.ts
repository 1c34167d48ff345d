export type ScannerKind = 'vuln' | 'secret' | 'misconfig' | 'license';

export interface ScanRequest {
  /** OCI layout folder that holds exactly one image: Trivy reads only the first platform of a layout with several. */
  layout: string;
  /** Which image of which platform it is, the same in every run. */
  subject: string;
  scanners: readonly ScannerKind[];
  /** What `layersOf` gave for an earlier image of this subject; used where the scanner has nothing of its own. */
  layers?: Uint8Array | undefined;
  /** Files in the format of `.trivyignore` or `.trivyignore.yaml`. */
  ignoreFile?: string | undefined;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  onLine?: ((line: string) => void) | undefined;
}

export interface SbomRequest {
  layout: string;
  format: 'cyclonedx' | 'spdx-json';
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

export interface SbomScanRequest extends Pick<ScanRequest, 'subject' | 'ignoreFile' | 'timeoutMs' | 'signal'> {
  /** CycloneDX. */
  sbom: string;
}

/** Trivy. All severities are asked for: the gate is decided by us, so that the report can show what was let through. */
export interface Scanner {
  /** Begins to fetch the vulnerability database, if `scanners` need it, so that it comes while images are built. Its errors are the first scan's. */
  prepare(scanners: readonly ScannerKind[], signal: AbortSignal): Promise<void>;
  /** Trivy's JSON report, parsed (`SchemaVersion` 2). The vulnerability database is fetched once per instance, on the first scan. */
  scan(request: ScanRequest): Promise<unknown>;
  /** What is known of the layers of a subject that was scanned; undefined where nothing is kept. */
  layersOf(subject: string): Promise<Uint8Array | undefined>;
  /** The CycloneDX document of what a scan has listed, without looking at the image again. Without its findings. */
  sbomOf(report: unknown): Promise<string>;
  /** Trivy's JSON report on a list of packages: their vulnerabilities. */
  scanSbom(request: SbomScanRequest): Promise<unknown>;
  /** When the vulnerability database was made that a scan would use; undefined where it would be fetched first, from the first of the addresses. */
  database(): Promise<{ updatedAt: string | undefined; addresses: readonly string[] }>;
  /** The SBOM document as Trivy writes it. */
  sbom(request: SbomRequest): Promise<string>;
  /** E.g. `0.74.0`. */
  version(): Promise<string>;
}

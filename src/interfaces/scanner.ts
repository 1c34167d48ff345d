export type ScannerKind = 'vuln' | 'secret' | 'misconfig' | 'license';

export interface ScanRequest {
  /** OCI layout folder that holds exactly one image: Trivy reads only the first platform of a layout with several. */
  layout: string;
  /** Which image of which platform it is, the same in every run. */
  subject: string;
  scanners: readonly ScannerKind[];
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

/** Trivy. All severities are asked for: the gate is decided by us, so that the report can show what was let through. */
export interface Scanner {
  /** Begins to fetch the vulnerability database, if `scanners` need it, so that it comes while images are built. Its errors are the first scan's. */
  prepare(scanners: readonly ScannerKind[], signal: AbortSignal): Promise<void>;
  /** Trivy's JSON report, parsed (`SchemaVersion` 2). The vulnerability database is fetched once per instance, on the first scan. */
  scan(request: ScanRequest): Promise<unknown>;
  /** The SBOM document as Trivy writes it. */
  sbom(request: SbomRequest): Promise<string>;
  /** E.g. `0.74.0`. */
  version(): Promise<string>;
}

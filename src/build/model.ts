import type { Descriptor } from '../interfaces/registry.ts';
import type { ScannerKind } from '../interfaces/scanner.ts';

/** One image of the input `images`, defaults put in. */
export interface ImageSpec {
  /** Below the registry prefix, e.g. `todo-backend` or `shop/api`. */
  name: string;
  /** Folder, as written. */
  context: string;
  /** Path of the Dockerfile from the workspace; left out: `Dockerfile` in the context. */
  file?: string | undefined;
  target?: string | undefined;
  buildArgs: Record<string, string>;
  /** Empty: the builder's own platform. */
  platforms: string[];
  /** Tag of the image that the Dockerfile finds as `previous`, once there is one. */
  previous?: string | undefined;
  /** Build contexts: name → folder, as written, or `docker-image://…` and the like. */
  contexts?: Record<string, string> | undefined;
  labels?: Record<string, string> | undefined;
  /** Of the manifest; `index:` before a name: of the index. */
  annotations?: Record<string, string> | undefined;
  noCache?: boolean | undefined;
  /** Stages that are built without cache. */
  noCacheFilters?: string[] | undefined;
  /** Whether base images are looked up anew, whatever the builder holds. */
  pull?: boolean | undefined;
  /** Agents and keys for RUN --mount=type=ssh: `id=path`. */
  ssh?: string[] | undefined;
  /** What else is written once the image has passed: `type=local,dest=out`. */
  outputs?: string[] | undefined;
}

/** What one platform of an image is, inside its layout. */
export interface PlatformImage {
  /** `linux/amd64`, `linux/arm64/v8`. */
  platform: string;
  descriptor: Descriptor;
  /** Of configuration and layers, as sent to the registry. */
  bytes: number;
  /** Configuration and layers. */
  blobs: Descriptor[];
}

/** What the lines of a build say about its cache. */
export interface CacheUse {
  /** A step was not in the cache. */
  stepRan: boolean;
  /** A step was. */
  stepCached: boolean;
  /** Caches that it was to read and that are not there, by reference. */
  missing: string[];
}

/** An image that was built into an OCI layout. */
export interface BuiltLayout {
  spec: ImageSpec;
  /** Folder of the layout. Undefined for an image that was not built, since the registry has it. */
  layout: string | undefined;
  /** Root: index or manifest. */
  root: Descriptor;
  platforms: PlatformImage[];
  /** The root, where it is one. */
  indexes: Descriptor[];
  provenance: Readonly<Record<string, unknown>>;
  durationMs: number;
  /** What the build said of its cache. */
  cache?: CacheUse | undefined;
}

export const SEVERITIES = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'UNKNOWN'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What the scanner found in one platform of one image. */
export interface ScanFinding {
  image: string;
  platform: string;
  kind: 'vulnerability' | 'secret' | 'misconfiguration' | 'license';
  /** E.g. `CVE-2026-1234`, `aws-access-key-id`. */
  id: string;
  severity: Severity;
  title: string;
  /** Where: `debian 13.1`, `app/package-lock.json`, a file of the image. */
  target: string;
  /** Of vulnerabilities and licences. */
  package?: string | undefined;
  installedVersion?: string | undefined;
  /** Versions that hold the fix; absent where there is none yet. */
  fixedVersion?: string | undefined;
  /** Of secrets: line in the file. */
  line?: number | undefined;
  /** http(s) page about it. */
  url?: string | undefined;
  /** CVSS 3 or 4 base score. */
  score?: number | undefined;
}

export interface PlatformScan {
  image: string;
  platform: string;
  digest: string;
  /** Packages that the scanner recognised; 0 may mean that it knows nothing about the image. */
  packages: number;
  findings: ScanFinding[];
}

export interface GateRules {
  severities: readonly Severity[];
  /** Vulnerabilities without a fix do not block. */
  ignoreUnfixed: boolean;
  scanners: readonly ScannerKind[];
}

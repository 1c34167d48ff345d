/** Where images are built: our own builder (created, removed afterwards), an existing one by name, or a BuildKit endpoint. */
export interface BuilderChoice {
  /** `own`, a builder's name, or a URL (`unix:///…`, `tcp://…`, `docker-container://…`): then the driver is `remote`. */
  builder: string;
  /** Name for the builder that is created; not used for an existing one. */
  name: string;
  signal?: AbortSignal | undefined;
}

export interface BuilderInfo {
  name: string;
  /** Created by us: to be removed in the end. */
  own: boolean;
  driver: string;
  /** Platforms that it can build, e.g. `linux/amd64`; empty when it does not say. */
  platforms: string[];
}

/** A value, or the file that holds it. */
export type BuildSecret = string | { readonly file: string };

/** One run of `buildx build`. Attestations are always off (`--provenance=false --sbom=false`): the digest is that of the image alone. */
export interface BuildRequest {
  builder: string;
  /** Folder or URL. */
  context: string;
  /** Path of the Dockerfile; left out: the context's own. */
  file?: string | undefined;
  target?: string | undefined;
  /** Passed with their values: by name alone the value would go through the environment of buildx, and change buildx (`HTTPS_PROXY`). */
  buildArgs: Readonly<Record<string, string>>;
  /** Build secrets by id: `--secret id=…,env=…`, the value through the environment only, or `--secret id=…,src=…`. */
  secrets: Readonly<Record<string, BuildSecret>>;
  labels: Readonly<Record<string, string>>;
  /** Of the manifest; `index:` before a name: of the index. */
  annotations?: Readonly<Record<string, string>> | undefined;
  noCache?: boolean | undefined;
  noCacheFilters?: readonly string[] | undefined;
  pull?: boolean | undefined;
  /** `id=path` of a key or an agent's socket. */
  ssh?: readonly string[] | undefined;
  /** Empty: the builder's own platform. */
  platforms: readonly string[];
  /** Build contexts by name, instead of stages of that name: `docker-image://…`. */
  contexts: Readonly<Record<string, string>>;
  /** Seconds since 1970 for the times in the image. Only what is written has them: no build step sees it, and each may come from the cache. */
  epoch?: number | undefined;
  /** Values of `--cache-from`, `--cache-to`. */
  cacheFrom: readonly string[];
  cacheTo: readonly string[];
  /** `layout`: an OCI layout folder is written (`type=oci,dest=…,tar=false`); `cache`: nothing but `cacheTo` leaves the builder (`type=cacheonly`); `other`: a value of `--output`. */
  output: { kind: 'layout'; folder: string } | { kind: 'cache' } | { kind: 'other'; value: string };
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Lines of `--progress=plain`, redacted. */
  onLine?: ((line: string) => void) | undefined;
}

export interface BuildOutput {
  /** Digest of the layout's root: an index, or the manifest of a single platform. Undefined for `cache`. */
  digest: string | undefined;
  /** SLSA provenance predicates that BuildKit recorded, by platform (`''` for a single one); empty where it gives none. */
  provenance: Readonly<Record<string, unknown>>;
  durationMs: number;
}

/** `docker buildx`, or buildx alone. */
export interface Builder {
  /** Creates or finds the builder and starts it. Throws `ToolError` with what to install where buildx or its daemon is missing. */
  prepare(choice: BuilderChoice): Promise<BuilderInfo>;
  build(request: BuildRequest): Promise<BuildOutput>;
  /** Removes a builder created by `prepare`; no error where it is gone already. */
  remove(name: string): Promise<void>;
  version(): Promise<string>;
}

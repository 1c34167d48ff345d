/** OCI content descriptor. */
export interface Descriptor {
  mediaType: string;
  /** `sha256:…` */
  digest: string;
  /** Bytes. */
  size: number;
  artifactType?: string | undefined;
  annotations?: Record<string, string> | undefined;
  platform?: { os: string; architecture: string; variant?: string | undefined; 'os.version'?: string | undefined } | undefined;
}

export interface PushLayoutRequest {
  /** OCI layout folder. */
  layout: string;
  /** What is pushed, and nothing else: leaves first, the root last, under their digests. */
  manifests: readonly Descriptor[];
  /** Configurations and layers that the manifests refer to. */
  blobs: readonly Descriptor[];
  /** `host[:port]/path`, without tag or digest. */
  repository: string;
  /** Repositories of the same registry that may hold some of the blobs, or get them at the same time: mounted, not sent again. */
  mountFrom?: readonly string[] | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((message: string) => void) | undefined;
}

export interface PushReport {
  blobsUploaded: number;
  /** Taken over from another repository of the registry. */
  blobsMounted: number;
  /** Already there, not sent again. */
  blobsPresent: number;
  bytesUploaded: number;
  /** Digests of the manifests that were sent. */
  manifests: string[];
}

export interface AttachRequest {
  repository: string;
  subject: Descriptor;
  /** E.g. `application/vnd.cyclonedx+json`; also the media type of the one layer. */
  artifactType: string;
  content: Uint8Array;
  annotations?: Record<string, string> | undefined;
  /** Takes the place of others of its type, where the registry keeps referrers under a tag. */
  replaces?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * A registry by the OCI distribution protocol. `repository` is always `host[:port]/path`. Errors are `HttpError`s with the registry's code as
 * `reason` (`UNAUTHORIZED`, `DENIED`, `NAME_UNKNOWN` …) and a hint; reads return undefined where there is nothing. What is safe to repeat is retried.
 */
export interface Registry {
  /** Proves that the credentials may pull or push to the repository, without changing anything. */
  authorize(repository: string, action: 'pull' | 'push', signal?: AbortSignal): Promise<void>;
  /** HEAD of a manifest by tag or digest. */
  head(repository: string, reference: string, signal?: AbortSignal): Promise<Descriptor | undefined>;
  /** The manifest's bytes as the registry holds them; `descriptor.digest` is computed from the bytes. */
  manifest(repository: string, reference: string, signal?: AbortSignal): Promise<{ descriptor: Descriptor; bytes: Uint8Array } | undefined>;
  /** Blobs first, then manifests in their order, byte for byte as the layout holds them. Untagged: each is put under its digest. */
  pushLayout(request: PushLayoutRequest): Promise<PushReport>;
  /** Puts the manifest that the registry holds under `digest` under a tag too, unchanged. */
  tag(repository: string, digest: string, tag: string, signal?: AbortSignal): Promise<void>;
  /** Removes a tag; one that is gone is fine. Not every registry lets it, and some remove the image with it. */
  removeTag(repository: string, tag: string, signal?: AbortSignal): Promise<void>;
  /** Removes the manifest of this digest, and with it its tags; one that is gone is fine. Not every registry lets it. */
  removeImage(repository: string, digest: string, signal?: AbortSignal): Promise<void>;
  tags(repository: string, signal?: AbortSignal): Promise<string[]>;
  /** Pushes a one-layer artifact that refers to `subject`; keeps the referrers tag where the registry has no referrers API. Returns its descriptor. */
  attach(request: AttachRequest): Promise<Descriptor>;
  referrers(repository: string, digest: string, signal?: AbortSignal): Promise<Descriptor[]>;
  /** A small blob, its content proved by its digest. Not for layers. */
  blob(repository: string, digest: string, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /** Content of a one-layer artifact by the digest of its manifest. */
  artifact(repository: string, digest: string, signal?: AbortSignal): Promise<Uint8Array | undefined>;
}

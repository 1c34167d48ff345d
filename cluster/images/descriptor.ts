/** OCI content descriptor; `size` in bytes, `digest` as `sha256:<hex>`. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  platform?: { os: string; architecture: string };
  annotations?: Record<string, string>;
  artifactType?: string;
}

/** A stored layer: its blob, and the digest of its uncompressed tar as an image's config names it. */
export interface Layer {
  descriptor: Descriptor;
  diffId: string;
}

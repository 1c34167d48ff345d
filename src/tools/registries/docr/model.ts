/** The registry's part of DigitalOcean's API, the fields that we read. Everything may be missing. */
/** `config.json` of docker. */
export interface DockerCredentials {
  auths?: Record<string, { auth?: string }>;
}

export interface GarbageCollection {
  uuid: string;
  status: string;
  /** RFC 3339. */
  created_at?: string;
}

export interface RegistryTag {
  tag: string;
  manifest_digest: string;
  /** RFC 3339. */
  updated_at?: string;
  compressed_size_bytes?: number;
}

export interface SubscriptionTier {
  name?: string;
  /** 0: unlimited. */
  included_repositories?: number;
}

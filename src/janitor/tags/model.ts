/** An image as a repository holds it under tags. */
export interface TaggedImage {
  /** `sha256:…` */
  digest: string;
  tags: readonly string[];
  /** Digests of what an index is made of, at any depth; empty for a single image. */
  parts: readonly string[];
}

/** All that one repository holds under tags, and what else of it is in use. */
export interface RepositoryImages {
  /** `host[:port]/path` */
  repository: string;
  images: readonly TaggedImage[];
  /** In use and without a tag: deployed by digest. */
  untagged: readonly Omit<TaggedImage, 'tags'>[];
}

/** What anything in the cluster names: colors, versions to roll back to, previews, what is not ours. */
export interface Needs {
  /** `sha256:…`, whatever it is the digest of. */
  digests: ReadonlySet<string>;
  /** `host/path:tag` */
  references: ReadonlySet<string>;
  /** Versions that deploys are about, or were: commits, mostly. */
  versions: ReadonlySet<string>;
}

/** When an image was first seen to be in no use, and under which tags. */
export interface UnusedSince {
  /** Milliseconds since the epoch. */
  since: number;
  tags: string;
}

/** By `<repository>@<digest>`. What is not in here was in use at the last look, or not there. */
export type Ledger = Readonly<Record<string, UnusedSince>>;

export interface TagRules {
  /** How long an image has to be in no use. */
  unusedForMs: number;
  /** Patterns of tags that stay, `*` for anything. */
  keep: readonly string[];
}

export interface Removable {
  repository: string;
  image: TaggedImage;
  since: number;
}

export interface TagDecision {
  /** The longest unused first. */
  removable: Removable[];
  kept: { repository: string; image: TaggedImage; why: string }[];
  /** What the next look starts from. */
  ledger: Ledger;
}

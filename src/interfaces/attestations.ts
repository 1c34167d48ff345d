/** Which workflow run signed, as the certificate authority wrote it into the certificate; '' for what it does not say. */
export interface Signer {
  /** `https://github.com/acme/todo/.github/workflows/release.yml@refs/heads/main`: for a called workflow, the called one. */
  workflow: string;
  /** Who vouched for the run: `https://token.actions.githubusercontent.com`. */
  issuer: string;
  /** Whose sources: `https://github.com/acme/todo`. */
  repository: string;
  /** `refs/heads/main` */
  ref: string;
  commit: string;
  /** `github-hosted` or `self-hosted` */
  runner: string;
  /** Page of the run. */
  run: string;
}

/** An attestation whose signature, certificate and time hold. What it is about, and by whom, is for the caller to judge. */
export interface ProvedAttestation {
  signer: Signer;
  /** `https://slsa.dev/provenance/v1` */
  predicateType: string;
  /** What it is about: `sha256:…`. */
  subjects: readonly string[];
}

export type FoundAttestation =
  | { proved: ProvedAttestation; refused?: undefined }
  /** Why nothing can be believed of it. */
  | { refused: string; proved?: undefined };

/** Attestations that stand beside an image in its registry. */
export interface Attestations {
  /**
   * Those of `repository@digest`, newest first, each checked as it is asked for. Errors: those of the registry, and of where the trusted root
   * comes from; what is wrong with an attestation is no error.
   */
  of(repository: string, digest: string, signal?: AbortSignal): AsyncIterable<FoundAttestation>;
}
